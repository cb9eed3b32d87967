import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { request } from '../../contract/sample-records.ts'
import { createWritingKysely } from '../../sqlite/sqlite-kysely.ts'
import { openSqliteStore } from '../../sqlite/sqlite-store.ts'
import { fromOpenRequest } from '../rows.ts'
import { firstTables } from './0001-first-tables.ts'

test('requests of a version that did not know the prefix of a peer are kept, and count for no peer', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'migration-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'old.db')
  const { prefix: _, invitation_id: __, ...oldRow } = fromOpenRequest(request(1))

  const writing = createWritingKysely(new DatabaseSync(path), 1_000)
  const tables = firstTables({ text: sql`text`, wholeNumber: 'integer', tableEnd: sql`strict` })
  await writing.transaction().execute(async (db) => {
    const provider = { getMigrations: async () => ({ '0001-first-tables': tables }) }
    assert.equal((await new Migrator({ db, provider }).migrateToLatest()).error, undefined)
    const columns = Object.keys(oldRow).map((name) => sql.ref(name))
    const values = Object.values(oldRow).map((value) => sql.val(value))
    await sql`insert into pairing_requests (${sql.join(columns)}) values (${sql.join(values)})`.execute(db)
  })
  await writing.destroy()

  const store = await openSqliteStore({ path })
  const { id, expiresAt, createdAt } = request(1)
  assert.deepEqual(await store.read.findRequest(id), request(1, { prefix: '' }))
  assert.ok(createdAt < expiresAt)
  assert.equal(await store.read.countOpenRequests(createdAt), 1)
  assert.equal(await store.read.countOpenRequestsFrom('192.0.2.1', createdAt), 0)
  assert.deepEqual(await store.read.listCounters(1), [])
  await store.close()
})
