import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { Store } from '@pairgate/core'
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
  use,
} from '../src/contract/sample-records.ts'
import { openPostgresStore } from '../src/open-store.ts'
import { createWritingKysely } from '../src/postgres/postgres-kysely.ts'
import { openConnections } from '../src/postgres/postgres-pool.ts'
import { StoreUnavailable } from '../src/store-unavailable.ts'
import { startPostgres } from './house/postgres-server.ts'

const server = await startPostgres({ after })
const nameOf = (url: string) => new URL(url).pathname.slice(1)

/** Two processes, as far as the server can tell, on one new database. */
async function withTwo(run: (one: Store, other: Store, url: string) => Promise<void>): Promise<void> {
  const url = await server.freshDatabase()
  const [one, other] = await Promise.all([openPostgresStore({ url }), openPostgresStore({ url })])
  try {
    await run(one, other, url)
  } finally {
    await Promise.all([one.close(), other.close()])
  }
}

const failsFor = (reason: string) => (error: unknown) => {
  assert.ok(error instanceof StoreUnavailable, inspect(error))
  assert.equal(error.reason, reason)
  return true
}

test('opening a new database many times at once makes the tables once', async () => {
  const url = await server.freshDatabase()
  const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore({ url })))
  await Promise.all(stores.map((store, n) => store.mutate((tx) => tx.saveDevice(device(n)))))
  for (const { read } of stores) assert.equal((await read.listDevices()).length, 5)
  await Promise.all(stores.map((store) => store.close()))
  const migrations = await server.ask('select name from kysely_migration', nameOf(url))
  assert.deepEqual(migrations, [
    { name: '0001-first-tables' },
    { name: '0002-limits' },
    { name: '0003-event-chain' },
    { name: '0004-feed' },
    { name: '0005-removed-devices' },
    { name: '0006-messages' },
    { name: '0007-invitations' },
    { name: '0008-token-lifetimes' },
    { name: '0009-signed-origins' },
    { name: '0010-access-tokens' },
    { name: '0011-app-tickets' },
    { name: '0013-device-pages' },
    { name: '0014-approvers' },
    { name: '0015-guests' },
  ])
})

test('a transaction waits for that of another process before it reads anything', () =>
  withTwo(async (one, other) => {
    const log: string[] = []
    let waiting: Promise<void> | undefined
    await one.mutate(async (tx) => {
      waiting = other.mutate(async () => {
        log.push('other begins')
      })
      await pause(100)
      await append(tx, removed(1), OWNER, at(1))
      log.push('one ends')
    })
    await waiting
    assert.deepEqual(log, ['one ends', 'other begins'])
  }))

test('of two admins who remove each other at once on two instances, one stays', () =>
  withTwo(async (one, other) => {
    for (let round = 0; round < 20; round += 1) {
      await one.mutate(async (tx) => {
        await tx.saveDevice(device(1))
        await tx.saveDevice(device(2))
      })
      const remove = (store: Store, actor: number, target: number) =>
        store.mutate(async (tx) => {
          if (!(await tx.findDevice(deviceId(actor)))) return false
          await tx.deleteDevice(deviceId(target))
          return true
        })
      const both = await Promise.all([remove(one, 1, 2), remove(other, 2, 1)])
      assert.deepEqual(both.toSorted(), [false, true])
      assert.equal((await other.read.listDevices()).length, 1)
    }
  }))

test('who follows the log under writers on two instances never sees a number before a smaller one', () =>
  withTwo(async (one, other, url) => {
    const follower = await openPostgresStore({ url })
    const seen: number[] = []
    let isOver = false
    const following = (async () => {
      for (let last = false; !last; ) {
        last = isOver
        const page = await follower.read.eventsAfter(seen.at(-1) ?? 0, 7)
        seen.push(...page.map(({ seq }) => seq))
      }
    })()
    const writeAll = (store: Store) =>
      Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          store.mutate(async (tx) => {
            await append(tx, removed(n), OWNER, at(n))
            // A number that is given is not committed yet; meanwhile the other one would take the next.
            await pause(n % 3)
          }),
        ),
      )
    await Promise.all([writeAll(one), writeAll(other)])
    isOver = true
    await following
    await follower.close()
    assert.deepEqual(
      (await one.read.eventsAfter(0, 1_000)).map(({ seq }) => seq),
      Array.from({ length: 120 }, (_, n) => n + 1),
    )
    assert.deepEqual(
      seen,
      Array.from({ length: seen.length }, (_, n) => n + 1),
    )
  }))

test('a use that is noted while a token is saved elsewhere is not lost', () =>
  withTwo(async (one, other) => {
    await one.mutate((tx) => tx.saveDevice(device(1)))
    let noting: Promise<void> | undefined
    await one.mutate(async (tx) => {
      const found = await tx.findDevice(deviceId(1))
      noting = other.noteTokenUse([use(1, { at: at(9_000) })])
      await pause(50)
      if (found) await tx.saveDevice({ ...found, operatorLabel: 'renamed' })
    })
    await noting
    const found = await one.read.findDevice(deviceId(1))
    assert.deepEqual([found?.operatorLabel, found?.lastSeenAt], ['renamed', 9_000])
  }))

test('a transaction gets in between the parts of a long list of uses', () =>
  withTwo(async (one) => {
    const order: string[] = []
    const uses = Array.from({ length: 1_000 }, (_, n) => use(n))
    const noting = one.noteTokenUse(uses).then(() => order.push('noted'))
    const saving = one.mutate((tx) => tx.saveDevice(device(1))).then(() => order.push('saved'))
    await Promise.all([noting, saving])
    assert.deepEqual(order, ['saved', 'noted'])
  }))

test('a lock without its row is no lock', async () => {
  const url = await server.freshDatabase()
  const store = await openPostgresStore({ url })
  await server.ask('delete from append_lock', nameOf(url))
  await assert.rejects(
    store.mutate((tx) => tx.saveDevice(device(1))),
    /lock of the database is not there/,
  )
  await store.close()
})

test('a database that a newer version has changed is refused and left alone', async () => {
  const url = await server.freshDatabase()
  await (await openPostgresStore({ url })).close()
  await server.ask(
    `insert into kysely_migration values ('9999-from-the-future', '2999-01-01T00:00:00.000Z')`,
    nameOf(url),
  )
  await assert.rejects(openPostgresStore({ url }), /9999-from-the-future/)
})

test('a migration that fails keeps nothing, and says why', async () => {
  const url = await server.freshDatabase()
  await server.ask('create table events (mine int)', nameOf(url))
  await assert.rejects(openPostgresStore({ url }), /relation "events" already exists/)
  const tables = await server.ask(`select tablename from pg_tables where schemaname = 'public'`, nameOf(url))
  assert.deepEqual(tables, [{ tablename: 'events' }])
})

test('who wants the database alone gets it alone, until it goes', async () => {
  const url = await server.freshDatabase()
  const first = await openPostgresStore({ url, alone: true })
  await assert.rejects(openPostgresStore({ url: `${url}?lock_timeout=200`, alone: true }), failsFor('in-use'))
  // Nor does it touch the tables that the other one works with.
  await server.ask('alter table kysely_migration rename to hidden', nameOf(url))
  await assert.rejects(openPostgresStore({ url: `${url}?lock_timeout=200`, alone: true }), failsFor('in-use'))
  await server.ask('alter table hidden rename to kysely_migration', nameOf(url))
  const third = openPostgresStore({ url, alone: true })
  await pause(300)
  await first.mutate((tx) => tx.saveDevice(device(1)))
  await first.close()
  const store = await third
  assert.equal((await store.read.listDevices()).length, 1)
  await store.close()
})

test('a commit is on the disk before it is acknowledged, also where the server is told otherwise', async () => {
  const url = await server.freshDatabase()
  const settingOf = async (said: string) => {
    await server.ask(`alter database ${nameOf(url)} set synchronous_commit = ${said}`)
    const connections = openConnections({ url, connections: 1, statementMs: 1_000, lockMs: 1_000 })
    const client = await connections.take()
    const { rows } = await client.query('show synchronous_commit')
    client.release()
    await connections.end()
    return rows[0]?.['synchronous_commit']
  }
  assert.deepEqual(
    [await settingOf('off'), await settingOf('remote_apply'), await settingOf('on')],
    ['on', 'remote_apply', 'on'],
  )
})

test('no process can hold the lock for ever, and no statement wait for ever', async () => {
  const connections = openConnections({
    url: await server.freshDatabase(),
    connections: 1,
    statementMs: 3_000,
    lockMs: 2_000,
  })
  const client = await connections.take()
  const { rows } = await client.query(`
    select name, setting from pg_settings
    where name like '%timeout' and source = 'client' or name like 'tcp_keepalives%' order by name`)
  client.release()
  await connections.end()
  assert.deepEqual(
    rows.map(({ name, setting }) => `${name}=${setting}`),
    [
      'idle_in_transaction_session_timeout=10000',
      'lock_timeout=2000',
      'statement_timeout=3000',
      'tcp_keepalives_count=4',
      'tcp_keepalives_idle=10',
      'tcp_keepalives_interval=5',
    ],
  )
})

test('a transaction in which something failed is not committed, also if nobody minds', async () => {
  const url = await server.freshDatabase()
  const store = await openPostgresStore({ url })
  const connections = openConnections({ url, connections: 1, statementMs: 1_000, lockMs: 1_000 })
  const db = createWritingKysely(connections, 'begin; select 1')
  const committing = db.transaction().execute(async (trx) => {
    await trx.insertInto('meta').values({ name: 'a', value: 'b' }).execute()
    const again = trx.insertInto('meta').values({ name: 'a', value: 'c' }).execute()
    await again.catch(() => undefined)
  })
  await assert.rejects(committing, /duplicate key/)
  assert.equal(await store.read.findMeta('a'), undefined)
  await connections.end()
  await store.close()
})

test('what every connect and every list of requests asks for can be answered by an index', async () => {
  const url = await server.freshDatabase()
  await (await openPostgresStore({ url })).close()
  const store = await openPostgresStore({ url: `${url}?options=-c%20enable_seqscan%3Doff` })
  await server.ask('select pg_stat_reset()', nameOf(url))
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
  await read.wasRemoved(deviceId(1))
  await store.noteTokenUse([use(1)])
  await store.forgetRequests(at(1))
  await store.mutate((tx) => append(tx, removed(1), OWNER, at(1)))
  // The server counts when a session ends.
  await store.close()
  const scans = await untilCounted(nameOf(url))
  assert.deepEqual(
    scans.filter(({ seq_scan: read }) => Number(read) > 0),
    [],
  )
})

async function untilCounted(database: string) {
  for (let tries = 0; ; tries += 1) {
    const tables = await server.ask(
      'select relname, seq_scan::int, idx_scan::int from pg_stat_user_tables order by relname',
      database,
    )
    const isCounted = ['devices', 'events', 'pairing_requests', 'sessions', 'tokens'].every((name) =>
      tables.some(({ relname, idx_scan: found }) => relname === name && Number(found) > 0),
    )
    if (isCounted || tries === 500) {
      assert.ok(isCounted, inspect(tables))
      return tables
    }
    await pause(20)
  }
}

test('a table that somebody else changes fails what was prepared once per connection, and then no more', async () => {
  const url = await server.freshDatabase()
  const store = await openPostgresStore({ url })
  await store.mutate((tx) => tx.saveDevice(device(1)))
  await store.read.findDevice(deviceId(1))
  await server.ask('alter table devices add column later text', nameOf(url))
  await assert.rejects(store.read.findDevice(deviceId(1)), /cached plan/)
  assert.equal((await store.read.findDevice(deviceId(1)))?.id, deviceId(1))
  await store.mutate((tx) => tx.saveDevice(device(2)))
  await store.close()
})

test('a number that would not come back as it was is not read as another one', async () => {
  const url = await server.freshDatabase()
  const store = await openPostgresStore({ url })
  await store.mutate((tx) => tx.saveDevice(device(1)))
  await server.ask('update devices set paired_at = 9007199254740993', nameOf(url))
  await assert.rejects(store.read.findDevice(deviceId(1)), /too large/)
  await store.close()
})
