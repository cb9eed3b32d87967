import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ChainVerdict, createVerifyChain, type EventHead } from '@pairgate/core'
import { openStore } from '@pairgate/store'
import { type StatePaths, statePaths } from '../../src/config/state-dir.ts'
import { createLog, type Log } from '../../src/platform/log.ts'
import { createNodeCrypto } from '../../src/platform/node-crypto.ts'
import { readHead } from '../../src/state/event-head.ts'
import { loadEventSeal } from '../../src/state/old-events-keys.ts'
import { openEventLog } from '../../src/state/open-event-log.ts'
import { openGateway, type TestHooks } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'

/** A state directory with a log of real decisions, of which every test takes a copy. */
export interface LogOnDisk {
  readonly stateDir: string
  readonly events: number
  copy(hooks: TestHooks): CopyOfLog
}

export interface CopyOfLog {
  readonly stateDir: string
  readonly paths: StatePaths
  /** Edits the database file as another program would, while no gateway runs on it. */
  edit(...statements: readonly string[]): void
  noteHead(head: EventHead | string): void
  head(): Promise<EventHead | undefined>
  /** What a start says to the log: its head, or why it refuses. */
  start(log?: Log): Promise<EventHead>
  /** What `audit.verify` would say. */
  verify(head?: EventHead): Promise<ChainVerdict>
}

const SILENT = createLog({ level: 'silent', destination: process.stderr })

/** Twelve events or more: approvals, a rename, a rotation, a rejection, a revocation, a removal. */
export async function makeLog(hooks: TestHooks): Promise<LogOnDisk> {
  const gateway = await openGateway(hooks)
  const owner = await gateway.owner()
  for (const displayName of ['Kitchen', 'Desk', 'Phone']) {
    const client = { id: 'cli', mode: 'cli', displayName }
    const { device } = await pair(gateway, { scopes: ['operator.read'], client })
    await owner.call('device.pair.rename', { deviceId: device.id, label: `${displayName} of Ada` })
    await owner.call('device.token.rotate', { deviceId: device.id, role: 'operator' })
    if (displayName === 'Kitchen') await owner.call('device.pair.remove', { deviceId: device.id })
    if (displayName === 'Desk')
      await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
  }
  const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: ['operator.read'] })
  await owner.call('device.pair.reject', { requestId })
  await gateway.stop()
  const { stateDir } = gateway
  const events = (await readHead(statePaths(stateDir, {}).eventHead))?.seq ?? 0
  return { stateDir, events, copy: (copyHooks) => copyOf(stateDir, copyHooks) }
}

/** A copy of any state directory, as a backup would make it of a gateway that stands still. */
export function copyOf(stateDir: string, hooks: TestHooks): CopyOfLog {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'log-'))
  hooks.after(async () => rmSync(root, { recursive: true, force: true }))
  const copy = join(root, 'state')
  cpSync(stateDir, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') })
  const paths = statePaths(copy, {})

  async function withStore<T>(
    work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>,
  ): Promise<T> {
    const store = await openStore({ path: paths.database })
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  return {
    stateDir: copy,
    paths,
    edit(...statements) {
      const database = new DatabaseSync(paths.database, { enableForeignKeyConstraints: false })
      for (const statement of statements) database.exec(statement)
      database.close()
    },
    noteHead: (head) =>
      writeFileSync(paths.eventHead, typeof head === 'string' ? head : JSON.stringify(head)),
    head: () => readHead(paths.eventHead),
    start: (log = SILENT) =>
      withStore(async (store) => (await openEventLog(store, paths, { env: {}, log })).heads.head),
    verify: (head) =>
      withStore(async ({ read }) => {
        const seal = await loadEventSeal(paths, {})
        const noted = head ?? JSON.parse(readFileSync(paths.eventHead, 'utf8'))
        return createVerifyChain({ read, seal, crypto: createNodeCrypto() })({ head: noted })
      }),
  }
}
