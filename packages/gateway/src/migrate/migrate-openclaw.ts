import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type JudgedGrant, type JudgeReads, judgeImport } from '@pairgate/core'
import { copySqliteDatabase, openSqliteCopy, StoreUnavailable } from '@pairgate/store'
import { readGatewayConfig } from '../config/read-config.ts'
import { type Env, resolveStateDir, statePaths } from '../config/state-dir.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import { withScratchDir } from '../platform/scratch-dir.ts'
import { createSystemClock } from '../platform/system-clock.ts'
import { explainStore } from '../state/open-database.ts'
import { applyImport } from './apply-import.ts'
import type { ForeignState } from './foreign-state.ts'
import { readForeignState } from './read-foreign-state.ts'

export interface MigrateOptions {
  readonly env: Env
  readonly home?: string
  /** OpenClaw's state directory; left out, it is looked for. */
  readonly from?: string | undefined
  /** Left out, nothing is changed. */
  readonly apply?: boolean | undefined
  /** `false` where the operator has a copy of the database already. */
  readonly backup?: boolean | undefined
}

/** What an import would do, or has done. */
export interface Migration {
  readonly state: ForeignState
  readonly judged: readonly JudgedGrant[]
  /** Our state directory. */
  readonly target: string
  readonly applied: boolean
  /** What was there before, if anything was there and anything was changed. */
  readonly backup: string | undefined
  /** The database could not be asked which of them it has already. */
  readonly isUncompared: boolean
}

/** Takes over the devices of an OpenClaw gateway, or says what that would do. Its state is only read. */
export async function migrateOpenClaw({
  env,
  home = homedir(),
  from,
  apply = false,
  backup = true,
}: MigrateOptions): Promise<Migration> {
  const paths = statePaths(resolveStateDir(env, home), env)
  const { database, pairing } = readGatewayConfig({ file: paths.configFile, env, flags: {} })
  const now = createSystemClock().wall()
  const state = await readForeignState({ crypto: createNodeCrypto(), now }, { env, home, from })
  const about = { state, target: paths.dir, applied: apply }
  if (apply) {
    const done = await applyImport(paths, { env, home, backup, database, pairing, devices: state.devices })
    return { ...about, ...done, isUncompared: false }
  }
  const isElsewhere = database.url !== undefined
  const isThere = !isElsewhere && existsSync(paths.database)
  const judged = isThere ? await compare(paths.database, state) : await judgeImport(NOTHING, state.devices)
  return { ...about, judged, backup: undefined, isUncompared: isElsewhere }
}

/** A gateway may run on the database, so a copy of it is asked. */
async function compare(database: string, { devices }: ForeignState): Promise<readonly JudgedGrant[]> {
  try {
    return await withScratchDir(async (dir) => {
      const file = join(dir, 'ours.db')
      copySqliteDatabase(database, file)
      const copy = await openSqliteCopy(file)
      try {
        return await judgeImport(copy.read, devices)
      } finally {
        copy.close()
      }
    })
  } catch (error) {
    throw error instanceof StoreUnavailable ? explainStore(`Cannot read ${database}`, error) : error
  }
}

/** Where nothing is yet, nothing stands in the way. */
const NOTHING: JudgeReads = {
  findDevice: async () => undefined,
  findToken: async () => undefined,
  findTokenByHash: async () => undefined,
  wasRemoved: async () => false,
}
