import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { device, deviceId } from '../contract/sample-records.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { findPlace, openReader, openWriter } from './sqlite-open.ts'
import { openSqliteStore } from './sqlite-store.ts'

const directory = mkdtempSync(join(tmpdir(), 'sqlite-open-'))
let files = 0
const freshPath = () => {
  files += 1
  return join(directory, `${files}.db`)
}
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
after(() => rmSync(directory, { recursive: true }))

describe('the files of a database', { skip: process.platform === 'win32' }, () => {
  for (const umask of [0o000, 0o022, 0o777]) {
    test(`are readable by their owner only, under umask ${umask.toString(8)}`, async () => {
      const path = freshPath()
      const usual = process.umask(umask)
      try {
        const store = await openSqliteStore({ path })
        await store.mutate((tx) => tx.saveDevice(device(1)))
        assert.deepEqual(
          ['', '-wal', '-shm'].map((end) => modeOf(`${path}${end}`)),
          ['600', '600', '600'],
        )
        await store.close()
        assert.equal(modeOf(path), '600')
      } finally {
        process.umask(usual)
      }
    })
  }

  test('that a crash left behind keep every commit, and are closed to others if they were open', async () => {
    const [path, crashed] = [freshPath(), freshPath()]
    const store = await openSqliteStore({ path })
    await store.mutate((tx) => tx.saveDevice(device(1)))
    for (const end of ['', '-wal', '-shm']) {
      copyFileSync(`${path}${end}`, `${crashed}${end}`)
      chmodSync(`${crashed}${end}`, 0o666)
    }
    const again = await openSqliteStore({ path: crashed })
    assert.deepEqual(await again.read.listDevices(), [device(1)])
    assert.deepEqual(
      ['', '-wal', '-shm'].map((end) => modeOf(`${crashed}${end}`)),
      ['600', '600', '600'],
    )
    await again.close()
    await store.close()
  })

  test('are one file again after closing', async () => {
    const path = freshPath()
    const store = await openSqliteStore({ path })
    await store.mutate((tx) => tx.saveDevice(device(1)))
    await store.close()
    assert.equal(existsSync(`${path}-wal`), false)
    assert.equal(existsSync(`${path}-shm`), false)
  })

  test('of :memory: lie in a directory of their own and go with the store', async () => {
    const usual = process.env['TMPDIR']
    const own = mkdtempSync(join(directory, 'tmp-'))
    process.env['TMPDIR'] = own
    try {
      const store = await openSqliteStore({ path: ':memory:' })
      assert.deepEqual(
        readdirSync(own).map((name) => modeOf(join(own, name))),
        ['700'],
      )
      await store.close()
      assert.deepEqual(readdirSync(own), [])
    } finally {
      if (usual === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = usual
    }
  })
})

test('two :memory: stores do not see each other', async () => {
  const [one, other] = [
    await openSqliteStore({ path: ':memory:' }),
    await openSqliteStore({ path: ':memory:' }),
  ]
  await one.mutate((tx) => tx.saveDevice(device(1)))
  assert.deepEqual(await other.read.listDevices(), [])
  await Promise.all([one.close(), other.close()])
})

test('a commit on a file is on the disk before it is acknowledged, and foreign keys hold', async () => {
  const writer = await openWriter(findPlace(freshPath()), 0)
  const pragma = (name: string) => Object.values(writer.prepare(`pragma ${name}`).get() ?? {})[0]
  assert.deepEqual(
    ['journal_mode', 'synchronous', 'fullfsync', 'foreign_keys', 'trusted_schema'].map(pragma),
    ['wal', 2, 1, 1, 0],
  )
  writer.close()
})

test('the connection that reads cannot write', async () => {
  const place = findPlace(freshPath())
  const writer = await openWriter(place, 0)
  const reader = openReader(place)
  assert.throws(() => reader.exec('create table t (x)'), /readonly/)
  reader.close()
  writer.close()
})

describe('a database that cannot be opened', () => {
  const rejectsWith = (reason: string) => (error: unknown) => {
    assert.ok(error instanceof StoreUnavailable)
    assert.equal(error.reason, reason)
    assert.ok(error.cause instanceof Error && 'errcode' in error.cause)
    return true
  }

  test('because it is something else says so, and stays as it is', async () => {
    const path = freshPath()
    writeFileSync(path, 'These are the notes of a person and no database. '.repeat(100))
    const size = statSync(path).size
    await assert.rejects(openSqliteStore({ path }), rejectsWith('corrupt'))
    assert.equal(statSync(path).size, size)
  })

  test('because its pages are damaged says so', async () => {
    const path = freshPath()
    const store = await openSqliteStore({ path })
    await store.mutate((tx) => tx.saveDevice(device(1)))
    await store.close()
    const damaged = readFileSync(path).fill(0xaa, 100)
    writeFileSync(path, damaged)
    await assert.rejects(openSqliteStore({ path }), rejectsWith('corrupt'))
  })

  test('because its directory is missing names the path', async () => {
    const path = join(directory, 'missing', 'pairgate.db')
    await assert.rejects(openSqliteStore({ path }), /ENOENT.*missing/)
  })

  test('because a newer version has changed it is refused and left alone', async () => {
    const path = freshPath()
    await (await openSqliteStore({ path })).close()
    const database = new DatabaseSync(path)
    database.exec(`insert into kysely_migration values ('9999-from-the-future', '2999-01-01T00:00:00.000Z')`)
    database.close()
    await assert.rejects(openSqliteStore({ path }), /9999-from-the-future/)
  })

  test('because a migration fails keeps nothing of it', async () => {
    const path = freshPath()
    const database = new DatabaseSync(path)
    database.exec('create table events (mine)')
    database.close()
    await assert.rejects(openSqliteStore({ path }), /events/)
    const again = new DatabaseSync(path)
    assert.deepEqual(
      again
        .prepare(`select name from sqlite_schema where type = 'table'`)
        .all()
        .map((row) => row['name']),
      ['events'],
    )
    again.close()
  })
})

describe('opening again', () => {
  const MIGRATIONS = [
    '0001-first-tables',
    '0002-limits',
    '0003-event-chain',
    '0004-feed',
    '0005-removed-devices',
    '0006-messages',
    '0007-invitations',
    '0008-token-lifetimes',
    '0009-signed-origins',
    '0010-access-tokens',
    '0011-app-tickets',
    '0013-device-pages',
    '0014-approvers',
    '0015-guests',
  ]

  test('finds everything that was committed and applies no migration twice', async () => {
    const path = freshPath()
    const first = await openSqliteStore({ path })
    await first.mutate((tx) => tx.saveDevice(device(1)))
    await first.close()
    const second = await openSqliteStore({ path })
    assert.deepEqual(await second.read.findDevice(deviceId(1)), device(1))
    await second.mutate((tx) => tx.saveDevice(device(2)))
    await second.close()
    assert.deepEqual(migrationsIn(path), MIGRATIONS)
  })

  test('twice at once makes the tables once, and both see what the other commits', async () => {
    const path = freshPath()
    const [one, other] = await Promise.all([openSqliteStore({ path }), openSqliteStore({ path })])
    await Promise.all([
      one.mutate((tx) => tx.saveDevice(device(1))),
      other.mutate((tx) => tx.saveDevice(device(2))),
    ])
    assert.deepEqual(await one.read.listDevices(), [device(1), device(2)])
    assert.deepEqual(await other.read.listDevices(), [device(1), device(2)])
    await one.close()
    await other.mutate((tx) => tx.deleteDevice(deviceId(1)))
    await other.close()
    assert.deepEqual(migrationsIn(path), MIGRATIONS)
  })

  function migrationsIn(path: string): unknown[] {
    const database = new DatabaseSync(path, { readOnly: true })
    const rows = database.prepare('select name from kysely_migration order by name').all()
    database.close()
    return rows.map(({ name }) => name)
  }
})
