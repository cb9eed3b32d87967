import { existsSync } from 'node:fs'
import {
  createAppendEvent,
  createDrawSecret,
  createImportDevices,
  type ForeignDevice,
  type JudgedGrant,
  judgeImport,
  type Refusal,
  type Store,
} from '@pairgate/core'
import { createBackup } from '../backup/create-backup.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { Env, StatePaths } from '../config/state-dir.ts'
import { createLog } from '../platform/log.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import { createNodeRandom } from '../platform/node-random.ts'
import { createSystemClock } from '../platform/system-clock.ts'
import { writeHead } from '../state/event-head.ts'
import { takeInstanceLock } from '../state/instance-lock.ts'
import { openDatabase } from '../state/open-database.ts'
import { openEventLog } from '../state/open-event-log.ts'
import { prepareState } from '../state/prepare-state.ts'
import { checkKey, createTokenSecrets, loadTokenKey } from '../state/secrets.ts'
import { StateError } from '../state/state-error.ts'

export interface ApplyOptions extends Pick<GatewayConfig, 'database' | 'pairing'> {
  readonly env: Env
  readonly home: string
  readonly backup: boolean
  readonly devices: readonly ForeignDevice[]
}

export interface AppliedImport {
  readonly judged: readonly JudgedGrant[]
  readonly backup: string | undefined
}

const STOP_IT = 'Stop it, apply, and start it again: devices come back by themselves.'

/**
 * Imports while no gateway runs: under its lock, with its keys, into the database that it will open. Before
 * anything is written the database is copied; if there is nothing to import, nothing is written.
 */
export async function applyImport(paths: StatePaths, options: ApplyOptions): Promise<AppliedImport> {
  const { database, devices } = options
  const hasState = database.url !== undefined || existsSync(paths.database)
  await prepareState(paths)
  const lock = takeInstanceLock(paths.lock, STOP_IT)
  try {
    const store = await openDatabase({ path: paths.database, url: database.url })
    try {
      const importDevices = await openImport(store, paths, options)
      const judged = await judgeImport(store.read, devices)
      if (judged.every(({ verdict }) => verdict !== 'new')) return { judged, backup: undefined }
      const backup = hasState && options.backup ? await backUp(paths, options) : undefined
      return { judged: await importDevices(), backup }
    } finally {
      await store.close()
    }
  } finally {
    lock.release()
  }
}

/** Refuses as a start of the gateway would: with another key, or a log that does not lead up to its head. */
async function openImport(store: Store, paths: StatePaths, { env, pairing, devices }: ApplyOptions) {
  const tokenKey = await loadTokenKey(paths, env)
  await checkKey(store, tokenKey)
  const log = createLog({ level: 'silent', destination: process.stderr })
  const { seal, head } = await openEventLog(store, paths, { env, log })
  const [newest] = await store.read.eventsAfter(head.seq - 1, 1)
  const [random, crypto] = [createNodeRandom(), createNodeCrypto()]
  const importDevices = createImportDevices({
    store,
    clock: createSystemClock(newest?.at),
    random,
    drawSecret: createDrawSecret({ random, crypto, secrets: createTokenSecrets(tokenKey) }),
    appendEvent: createAppendEvent({ seal, crypto, random }),
    pairing,
  })
  return async (): Promise<readonly JudgedGrant[]> => {
    const imported = await importDevices(devices)
    if (!imported.ok) throw new StateError(refusalOf(imported.refusal))
    await writeHead(paths.eventHead, imported.value.head)
    return imported.value.judged
  }
}

async function backUp(paths: StatePaths, { env, home, database }: ApplyOptions): Promise<string> {
  if (database.url !== undefined)
    throw new StateError(
      'gateway.database.url (or DATABASE_URL) names a PostgreSQL database, of which no copy is made here. ' +
        'Nothing was imported.\nMake one with pg_dump --format=custom, and say --no-backup.',
    )
  const { file, verdict } = await createBackup({ env, home, out: paths.dir })
  if (verdict.ok) return file
  throw new StateError(`Nothing was imported. ${verdict.what} ${verdict.advice}`)
}

function refusalOf(refusal: Refusal): string {
  if (refusal.reason !== 'default-session-missing') return `Nothing was imported (${refusal.reason}).`
  return (
    `gateway.pairing.defaultSession names a session that there is not: ${refusal.key}. Nothing was imported.\n` +
    'Name another one: openclaw config set gateway.pairing.defaultSession own'
  )
}
