import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { createAppendEvent, type EventActor, type Store } from '@pairgate/core'
import type { DeviceId, Instant, TokenHash } from '@pairgate/protocol'
import { openSqliteStore } from '@pairgate/store'
import { serveJobs } from '../machine/children.ts'
import { type LoadResult, timedWindow } from './timed-window.ts'

export interface StoreJob {
  readonly database: string
  /** Hashes of tokens and ids of devices in it. */
  readonly keysFile: string
  readonly work: 'find' | 'bare-find' | 'mutate' | 'bare-mutate'
  readonly ms: number
}

export interface StoreKeys {
  readonly hashes: readonly TokenHash[]
  readonly deviceIds: readonly DeviceId[]
}

const ACTOR: EventActor = { ref: 'owner', via: 'host', connId: 'bench', remoteIp: undefined }
const macOf = (text: string): string => createHmac('sha256', 'key of the bench').update(text).digest('hex')
/** As the gateway seals its log. */
const appendEvent = createAppendEvent({
  seal: { macOf, macAt: (_seq, text) => macOf(text) },
  crypto: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
  random: { salt: () => 's'.repeat(22) },
})
/** Looks at the clock after so many. */
const SLICE = 50

serveJobs<StoreJob, LoadResult>(async ({ database, keysFile, work, ms }) => {
  const keys = JSON.parse(readFileSync(keysFile, 'utf8')) as StoreKeys
  const store = await openSqliteStore({ path: database })
  const bare = new DatabaseSync(database)
  bare.exec('pragma synchronous = full')
  const once = createWork({ store, bare, keys })[work]
  const result = await timedWindow(process.pid, async () => {
    const endsAt = performance.now() + ms
    let count = 0
    while (performance.now() < endsAt) {
      for (let n = 0; n < SLICE; n += 1) await once(count + n)
      count += SLICE
    }
    return count
  })
  bare.close()
  await store.close()
  return result
})

interface Parts {
  readonly store: Store
  readonly bare: DatabaseSync
  readonly keys: StoreKeys
}

type Work = (n: number) => unknown

function createWork({ store, bare, keys }: Parts): Readonly<Record<StoreJob['work'], Work>> {
  const { hashes, deviceIds } = keys
  const select = bare.prepare('select * from tokens where token_hash = ?')
  return {
    find: (n) => store.read.findTokenByHash(hashes[n % hashes.length] as TokenHash),
    'bare-find': (n) => select.get(hashes[n % hashes.length] as string),
    mutate: (n) => mutateOnce(store, deviceIds[n % deviceIds.length] as DeviceId),
    'bare-mutate': createBareMutate(bare, deviceIds),
  }
}

/** What a decision is made of: read, compare, write, event, commit. */
function mutateOnce(store: Store, deviceId: DeviceId): Promise<void> {
  return store.mutate(async (tx) => {
    const token = await tx.findToken(deviceId, 'operator')
    if (!token) throw new Error('the device has no token')
    const now = Date.now() as Instant
    await tx.saveToken({ ...token, rotatedAt: now })
    const { role, tokenId } = token
    const event = { kind: 'token-revoked', deviceId, role, tokenId } as const
    await appendEvent(tx, { event, change: { before: { scopes: token.scopes } }, actor: ACTOR, at: now })
  })
}

function createBareMutate(bare: DatabaseSync, deviceIds: readonly string[]): Work {
  bare.exec('create table if not exists bench_log (seq integer primary key, at integer, text text) strict')
  const find = bare.prepare("select * from tokens where device_id = ? and role = 'operator'")
  const save = bare.prepare("update tokens set rotated_at = ? where device_id = ? and role = 'operator'")
  const append = bare.prepare('insert into bench_log (at, text) values (?, ?)')
  return (n) => {
    const deviceId = deviceIds[n % deviceIds.length] as string
    bare.exec('begin immediate')
    find.get(deviceId)
    save.run(Date.now(), deviceId)
    append.run(Date.now(), deviceId)
    bare.exec('commit')
  }
}
