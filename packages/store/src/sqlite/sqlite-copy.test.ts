import assert from 'node:assert/strict'
import {
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
import { describe, type TestContext, test } from 'node:test'
import { Migrator } from 'kysely/migration'
import { device as makeDevice } from '../contract/sample-records.ts'
import { firstTables } from '../sql/migrations/0001-first-tables.ts'
import { StoreUnavailable, type StoreUnavailableReason } from '../store-unavailable.ts'
import { copySqliteDatabase, foldWriteAheadLog, openSqliteCopy } from './sqlite-copy.ts'
import { createWritingKysely } from './sqlite-kysely.ts'
import { openSqliteStore, SQLITE_WORDS } from './sqlite-store.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pairgate-copy-test-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}
async function makeDatabase(t: TestContext) {
  const dir = folder(t)
  const path = join(dir, 'live.db')
  const store = await openSqliteStore({ path })
  t.after(() => store.close())
  await store.mutate((tx) => tx.saveMeta('city', 'Basel'))
  return { dir, path, store }
}
async function reasonOf(opening: Promise<unknown>): Promise<StoreUnavailableReason> {
  const error = await opening.then(
    () => undefined,
    (found: unknown) => found,
  )
  assert.ok(error instanceof StoreUnavailable, String(error))
  return error.reason
}
/** The database file and its log as a crash leaves them. */
function afterCrash(path: string, to: string): void {
  copyFileSync(path, to)
  copyFileSync(`${path}-wal`, `${to}-wal`)
}

describe('a copy', () => {
  test('holds what was committed before, is read without a trace, and goes on being what it was', async (t) => {
    const { dir, path, store } = await makeDatabase(t)
    const device = makeDevice(1)
    await store.mutate((tx) => tx.saveDevice(device))
    const to = join(dir, 'copy.db')
    copySqliteDatabase(path, to)
    await store.mutate((tx) => tx.saveMeta('city', 'Bern'))

    const bytes = readFileSync(to)
    const copy = await openSqliteCopy(to)
    assert.deepEqual(await copy.read.listDevices(), [device])
    assert.equal(await copy.read.findMeta('city'), 'Basel')
    assert.deepEqual(copy.counts(0), { devices: 1, tokens: 0, requests: 0 })
    copy.close()
    assert.deepEqual(readdirSync(dir).sort(), ['copy.db', 'live.db', 'live.db-shm', 'live.db-wal'])
    assert.ok(readFileSync(to).equals(bytes))
  })

  test('is complete also of a database whose program was killed', async (t) => {
    const { dir, path } = await makeDatabase(t)
    const killed = join(dir, 'killed.db')
    afterCrash(path, killed)
    copySqliteDatabase(killed, join(dir, 'copy.db'))
    const copy = await openSqliteCopy(join(dir, 'copy.db'))
    assert.equal(await copy.read.findMeta('city'), 'Basel')
    copy.close()
  })

  test('never overwrites what is in a file', async (t) => {
    const { dir, path } = await makeDatabase(t)
    const taken = join(dir, 'taken')
    writeFileSync(taken, 'mine')
    assert.throws(() => copySqliteDatabase(path, taken))
    assert.equal(readFileSync(taken, 'utf8'), 'mine')
  })

  test('that an older version has made is read with the tables of today, and stays as it is', async (t) => {
    const dir = folder(t)
    const path = join(dir, 'old.db')
    const database = new DatabaseSync(path)
    const db = createWritingKysely(database, 0)
    await db.transaction().execute(async (trx) => {
      const getMigrations = async () => ({ '0001-first-tables': firstTables(SQLITE_WORDS) })
      await new Migrator({ db: trx, provider: { getMigrations } }).migrateToLatest()
    })
    database.exec("insert into meta values ('city', 'Chur')")
    database.exec("insert into events values (1, 5, 'x', 'c', null, 'k', null, null, null, null, '{}')")
    database.close()

    const bytes = readFileSync(path)
    const copy = await openSqliteCopy(path)
    assert.equal(copy.schema, '0001-first-tables')
    assert.equal(await copy.read.findMeta('city'), 'Chur')
    assert.deepEqual(await copy.read.eventHead(), { epoch: 0, seq: 1, mac: '' })
    copy.close()
    assert.ok(readFileSync(path).equals(bytes))
    assert.deepEqual(readdirSync(dir), ['old.db'])
  })

  test('of a newer version, of another program, or damaged is refused for what it is', async (t) => {
    const { dir, path } = await makeDatabase(t)
    const to = join(dir, 'copy.db')
    copySqliteDatabase(path, to)
    const sound = readFileSync(to)

    writeFileSync(join(dir, 'damaged.db'), Buffer.from(sound).fill(0xff, 4_096, 4_196))
    assert.equal(await reasonOf(openSqliteCopy(join(dir, 'damaged.db'))), 'corrupt')
    writeFileSync(join(dir, 'cut.db'), sound.subarray(0, sound.length - 8_192))
    assert.equal(await reasonOf(openSqliteCopy(join(dir, 'cut.db'))), 'corrupt')
    writeFileSync(join(dir, 'text.db'), 'no database at all, only some text')
    assert.equal(await reasonOf(openSqliteCopy(join(dir, 'text.db'))), 'corrupt')
    new DatabaseSync(join(dir, 'foreign.db')).exec('create table t (a)')
    assert.equal(await reasonOf(openSqliteCopy(join(dir, 'foreign.db'))), 'corrupt')
    assert.equal(await reasonOf(openSqliteCopy(join(dir, 'missing.db'))), 'unreadable')

    const newer = new DatabaseSync(to)
    newer.exec("insert into kysely_migration (name, timestamp) values ('9999-later', '')")
    newer.close()
    assert.equal(await reasonOf(openSqliteCopy(to)), 'newer')
  })
})

describe('a database that is to be one file', () => {
  test('gets what a crash has left in its log, and the log is gone', async (t) => {
    const { dir, path } = await makeDatabase(t)
    const killed = join(dir, 'killed.db')
    afterCrash(path, killed)
    assert.equal(foldWriteAheadLog(killed), true)
    assert.equal(existsSync(`${killed}-wal`), false)
    const copy = await openSqliteCopy(killed)
    assert.equal(await copy.read.findMeta('city'), 'Basel')
    copy.close()
    assert.equal(foldWriteAheadLog(killed), true)
  })

  test('is left alone while somebody reads it', async (t) => {
    const { dir, path } = await makeDatabase(t)
    const killed = join(dir, 'killed.db')
    afterCrash(path, killed)
    const reader = new DatabaseSync(killed, { readOnly: true })
    reader.exec('begin; select * from meta')
    assert.equal(await reasonOf(Promise.resolve().then(() => foldWriteAheadLog(killed))), 'locked')
    assert.ok(statSync(`${killed}-wal`).size > 0)
    reader.close()
    assert.equal(foldWriteAheadLog(killed), true)
  })

  test('cannot become one when it is damaged, and then nothing is touched', async (t) => {
    const { dir, path, store } = await makeDatabase(t)
    await store.close()
    const killed = join(dir, 'killed.db')
    const database = new DatabaseSync(path)
    database.exec("update meta set value = 'Bern'")
    afterCrash(path, killed)
    database.close()
    writeFileSync(killed, 'this was a database once, and is none any more'.repeat(200))
    const log = readFileSync(`${killed}-wal`)
    assert.equal(foldWriteAheadLog(killed), false)
    assert.ok(readFileSync(`${killed}-wal`).equals(log))
  })
})
