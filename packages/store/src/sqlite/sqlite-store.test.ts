import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Store, StoreTransaction } from '@pairgate/core'
import {
  append,
  at,
  device,
  deviceId,
  OWNER,
  removed,
  request,
  session,
  token,
} from '../contract/sample-records.ts'
import { createSqlStore } from '../sql/sql-store.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { createReadingKysely, createWritingKysely } from './sqlite-kysely.ts'
import { findPlace, openReader, openWriter } from './sqlite-open.ts'
import { scrubFile } from './sqlite-scrub.ts'
import { openSqliteStore, SQLITE_LIST } from './sqlite-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'sqlite-store-'))
let files = 0
after(() => rmSync(directory, { recursive: true }))

interface Bench {
  readonly path: string
  readonly writer: DatabaseSync
  readonly store: Store
}

/** A store whose writing connection the test holds as well. */
async function withBench(lockPatienceMs: number, run: (bench: Bench) => Promise<void>): Promise<void> {
  files += 1
  const path = join(directory, `${files}.db`)
  await (await openSqliteStore({ path })).close()
  const writer = await openWriter(findPlace(path), 0)
  const reader = openReader(findPlace(path))
  const store = createSqlStore(createWritingKysely(writer, lockPatienceMs), createReadingKysely(reader), {
    listOf: SQLITE_LIST,
    scrub: () => scrubFile(writer),
    close: async () => {
      reader.close()
      writer.close()
    },
  })
  try {
    await run({ path, writer, store })
  } finally {
    await store.close()
  }
}

const failsFor = (reason: string) => (error: unknown) => {
  assert.ok(error instanceof StoreUnavailable)
  assert.equal(error.reason, reason)
  assert.ok(error.cause instanceof Error && 'errcode' in error.cause)
  return true
}

const save = (n: number) => (tx: StoreTransaction) => tx.saveDevice(device(n))

describe('a database in trouble', () => {
  test('that another process locks for a while is waited for, without stopping this process', () =>
    withBench(5_000, async ({ path, store }) => {
      const other = new DatabaseSync(path)
      other.exec('begin immediate')
      let ticks = 0
      const ticking = setInterval(() => (ticks += 1), 5)
      const saving = store.mutate(save(1))
      while (ticks < 3) await pause(5)
      assert.deepEqual(await store.read.listDevices(), [])
      other.exec('commit')
      other.close()
      await saving
      clearInterval(ticking)
      assert.deepEqual(await store.read.listDevices(), [device(1)])
    }))

  test('that stays locked rejects, and is usable once the lock is gone', () =>
    withBench(20, async ({ path, store }) => {
      const other = new DatabaseSync(path)
      other.exec('begin immediate')
      await assert.rejects(store.mutate(save(1)), failsFor('locked'))
      await assert.rejects(
        store.noteTokenUse([{ ...token(1), at: at(1), ip: undefined }]),
        failsFor('locked'),
      )
      other.exec('rollback')
      other.close()
      await store.mutate(save(2))
      assert.deepEqual(await store.read.listDevices(), [device(2)])
    }))

  test('on a full disk rejects, keeps nothing of the transaction, and is usable once there is room', () =>
    withBench(0, async ({ writer, store }) => {
      await store.mutate(save(1))
      const { page_count: pages } = writer.prepare('pragma page_count').get() ?? {}
      writer.exec(`pragma max_page_count = ${String(pages)}`)
      const filling = store.mutate(async (tx) => {
        for (let n = 2; n < 200; n += 1) await tx.saveDevice(device(n, { operatorLabel: 'x'.repeat(500) }))
      })
      await assert.rejects(filling, failsFor('full'))
      assert.deepEqual(await store.read.listDevices(), [device(1)])
      writer.exec('pragma max_page_count = 100000')
      await store.mutate(save(2))
      assert.deepEqual(await store.read.listDevices(), [device(1), device(2)])
    }))

  test('that SQLite has rolled back by itself takes no further write of that transaction', () =>
    withBench(0, async ({ writer, store }) => {
      const going = store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        writer.exec('rollback')
        await tx.saveDevice(device(2))
      })
      await assert.rejects(going, /already rolled back/)
      const committing = store.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        writer.exec('rollback')
      })
      await assert.rejects(committing, /no transaction is active/)
      assert.deepEqual(await store.read.listDevices(), [])
      await store.mutate(save(3))
      assert.deepEqual(await store.read.listDevices(), [device(3)])
    }))

  test('that cannot be written to rejects writes and still answers reads', async () => {
    files += 1
    const path = join(directory, `${files}.db`)
    const first = await openSqliteStore({ path })
    await first.mutate(save(1))
    const writer = new DatabaseSync(path, { readOnly: true })
    const store = createSqlStore(createWritingKysely(writer, 0), createReadingKysely(writer), {
      listOf: SQLITE_LIST,
      scrub: () => scrubFile(writer),
      close: async () => writer.close(),
    })
    await assert.rejects(store.mutate(save(2)), failsFor('read-only'))
    assert.deepEqual(await store.read.listDevices(), [device(1)])
    await store.close()
    await first.close()
  })

  test('with a constraint that fails only at the commit keeps nothing and is usable again', () =>
    withBench(0, async ({ store }) => {
      await assert.rejects(
        store.mutate((tx) => tx.saveToken(token(1))),
        /FOREIGN KEY/,
      )
      assert.deepEqual(await store.read.listTokens(), [])
      await store.mutate(save(1))
    }))

  test('with a word that this version does not know is not read as if it were not there', () =>
    withBench(0, async ({ writer, store }) => {
      await store.mutate(save(1))
      writer.exec(`update devices set scopes = '["operator.read", "operator.fly"]'`)
      await assert.rejects(store.read.findDevice(deviceId(1)), /operator\.fly/)
      writer.exec(`update devices set scopes = '[]', approved_via = 'pigeon'`)
      await assert.rejects(store.read.findDevice(deviceId(1)), /pigeon/)
      writer.exec(`insert into events (seq, at, actor, kind) values (1, 1, 'owner', 'sang')`)
      await assert.rejects(store.read.eventsAfter(0, 1), /does not know/)
    }))
})

test('a transaction holds the write lock from its first read on', () =>
  withBench(0, async ({ path, store }) => {
    const other = new DatabaseSync(path, { timeout: 0 })
    await store.mutate(async (tx) => {
      await tx.findMeta('count')
      assert.throws(() => other.exec('begin immediate'), /locked/)
    })
    other.exec('begin immediate; rollback')
    other.close()
  }))

test('two processes on one file leave a log without gap or double', async () => {
  files += 1
  const path = join(directory, `${files}.db`)
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(new URL('./sqlite-store.ts', import.meta.url).href)})
    const store = await openSqliteStore({ path: ${JSON.stringify(path)} })
    const { append } = await import(${JSON.stringify(new URL('../contract/sample-records.ts', import.meta.url).href)})
    const event = { kind: 'device-removed', deviceId: '0'.repeat(64) }
    const actor = { ref: 'owner', via: 'websocket', connId: String(process.pid), remoteIp: undefined }
    for (let n = 0; n < 40; n += 1) await store.mutate(async (tx) => {
      const head = await tx.headSeq()
      await append(tx, event, actor, head)
    })
    await store.close()`
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  await Promise.all([run(), run()])
  const store = await openSqliteStore({ path })
  const events = await store.read.eventsAfter(0, 1_000)
  assert.deepEqual(
    events.map(({ seq, at: headBefore }) => [seq, headBefore]),
    Array.from({ length: 80 }, (_, n) => [n + 1, n]),
  )
  assert.equal(new Set(events.map(({ connId }) => connId)).size, 2)
  await store.close()
})

test('what every connect and every list of requests asks for is answered by an index', () =>
  withBench(0, async ({ writer, store }) => {
    const asked: string[] = []
    const prepare = DatabaseSync.prototype.prepare
    DatabaseSync.prototype.prepare = function (sql: string) {
      asked.push(sql)
      return prepare.call(this, sql)
    }
    try {
      const { read } = store
      await read.findDevice(deviceId(1))
      await read.findToken(deviceId(1), 'operator')
      await read.findTokenByHash(token(1).tokenHash)
      await read.listTokens(deviceId(1))
      await read.listTokensEnding(at(1), at(2))
      await read.findRequest(request(1).id)
      await read.listOpenRequests(at(1))
      await read.listOpenRequests(at(1), deviceId(1))
      await read.listRequestsExpired(at(1), at(2))
      await read.countOpenRequests(at(1))
      await read.countOpenRequestsFrom('192.0.2.1', at(1))
      await read.findSessionByKey(session(1).key)
      await read.eventsAfter(5, 10)
      await read.headSeq()
      await read.eventHead()
      await read.eventRecordsAfter(5, 10)
      await read.listEventRecords({ deviceId: deviceId(1), limit: 10 })
      await read.wasRemoved(deviceId(1))
      await store.noteTokenUse([{ ...token(1), at: at(1), ip: undefined }])
      await store.forgetRequests(at(1))
      await store.mutate((tx) => append(tx, removed(1), OWNER, at(1)))
    } finally {
      DatabaseSync.prototype.prepare = prepare
    }
    assert.ok(asked.length >= 18, `${asked.length} queries`)
    const plans = asked
      .filter((sql) => !sql.startsWith('insert'))
      .flatMap((sql) =>
        writer
          .prepare(`explain query plan ${sql}`)
          .all()
          .map((row) => String(row['detail'])),
      )
    assert.deepEqual(
      plans.filter((detail) => detail.startsWith('SCAN')),
      [],
    )
    for (const index of ['open_of_device', 'open_from_peer', 'by_deadline', 'by_decided'])
      assert.ok(
        plans.some((detail) => detail.includes(`requests_${index}`)),
        index,
      )
  }))

test('a read among a thousand others at once waits for none of them', () =>
  withBench(0, async ({ store }) => {
    /** How often the queue of promises turns until they are done: the same on every machine. */
    async function turnsFor(reads: number): Promise<number> {
      let isDone = false
      void Promise.all(Array.from({ length: reads }, () => store.read.findDevice(deviceId(1)))).then(() => {
        isDone = true
      })
      for (let turns = 0; ; turns += 1) {
        if (isDone) return turns
        await undefined
      }
    }
    await turnsFor(1)
    assert.equal(await turnsFor(1_000), await turnsFor(1))
  }))
