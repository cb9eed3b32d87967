import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type BackupManifest, formatManifest, readManifest } from '../../src/backup/backup-manifest.ts'
import { type BackupKeys, checkBackup, findBackupKeys } from '../../src/backup/check-backup.ts'
import { createBackup } from '../../src/backup/create-backup.ts'
import { statePaths } from '../../src/config/state-dir.ts'
import { createEventSeal } from '../../src/state/secrets.ts'
import { type LogOnDisk, makeLog } from '../events/log-on-disk.ts'

const NO_KEYS: BackupKeys = { events: undefined, token: undefined, oldEvents: [] }
const dir = mkdtempSync(join(tmpdir(), 'pairgate-damage-'))
const file = join(dir, 'backup.db')
const changed = join(dir, 'changed.db')
let log: LogOnDisk
let keys: BackupKeys
let sound: Buffer

before(async () => {
  log = await makeLog({ after })
  await createBackup({ env: { PAIRGATE_STATE_DIR: log.stateDir }, out: file })
  keys = await findBackupKeys(statePaths(log.stateDir, {}), {})
  sound = readFileSync(file)
})
after(() => rmSync(dir, { recursive: true, force: true }))

async function problemOf(bytes: Buffer | string, having = keys): Promise<string | undefined> {
  writeFileSync(changed, bytes)
  const verdict = await checkBackup(changed, having)
  return verdict.ok ? undefined : verdict.problem
}
function manifestOf(bytes: Buffer) {
  const end = readManifest(bytes.toString('latin1', bytes.length - 4_096), bytes.length)
  assert.ok(end.found === 'manifest')
  return end.manifest
}
/** The backup with a change in its database, by somebody who knows the format. */
function rewrite(statement: string, changes: Partial<BackupManifest> = {}, key = keys.events): Buffer {
  const manifest = manifestOf(sound)
  writeFileSync(changed, sound.subarray(0, manifest.size))
  const database = new DatabaseSync(changed, { enableForeignKeyConstraints: false })
  database.exec(statement)
  database.close()
  const bytes = readFileSync(changed)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const said = { ...manifest, size: bytes.length, sha256, ...changes }
  return Buffer.concat([bytes, Buffer.from(formatManifest(said, createEventSeal(key ?? randomBytes(32))))])
}

describe('a backup', () => {
  test('that is as it was made is sound, and tells what is in it', async () => {
    const verdict = await checkBackup(file, keys)
    assert.ok(verdict.ok)
    assert.equal(verdict.manifest.head.seq, log.events)
    assert.deepEqual(verdict.counts, { devices: 2, tokens: 1, requests: 0 })
    assert.deepEqual(verdict.missingKeys, [])
    assert.equal(new DatabaseSync(file, { readOnly: true }).prepare('select 1').get()?.['1'], 1)
  })

  test('in which any byte is another one is noticed, whichever it is', async () => {
    const position = fc.oneof(
      fc.integer({ min: 0, max: sound.length - 1 }),
      fc.integer({ min: sound.length - 400, max: sound.length - 1 }),
      fc.integer({ min: 0, max: 100 }),
    )
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bytes = Buffer.from(sound)
        bytes[at] = (bytes[at] ?? 0) ^ mask
        assert.match((await problemOf(bytes)) ?? 'sound', /^(?:changed|cut|no-backup|newer|other-key)$/)
      }),
      { numRuns: 150 },
    )
  })

  test('that was cut, lengthened, or lost a part in its middle is noticed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: sound.length - 1 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (at, length) => {
          const start = sound.subarray(0, at)
          for (const bytes of [
            start,
            Buffer.concat([start, sound.subarray(at + length)]),
            Buffer.concat([start, Buffer.alloc(length), sound.subarray(at)]),
            Buffer.concat([sound, Buffer.alloc(length, ' ')]),
          ])
            assert.notEqual((await problemOf(bytes)) ?? 'sound', 'sound')
        },
      ),
      { numRuns: 25 },
    )
  })

  test('is noticed as damaged also without any key, as far as its database goes', async () => {
    const { size } = manifestOf(sound)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size - 1 }), async (at) => {
        const bytes = Buffer.from(sound)
        bytes[at] = (bytes[at] ?? 0) ^ 1
        assert.equal(await problemOf(bytes, NO_KEYS), 'changed')
      }),
      { numRuns: 50 },
    )
    const verdict = await checkBackup(file, NO_KEYS)
    assert.deepEqual(verdict.ok && verdict.missingKeys, ['events', 'token'])
  })

  test('in which somebody without the key has let himself in is not believed', async () => {
    const letIn = 'update tokens set revoked_at = null, revoked_by = null, scopes = \'["operator.admin"]\''
    assert.equal(await problemOf(rewrite(letIn, {}, randomBytes(32))), 'changed')
    const otherId = rewrite(letIn, { key: '0'.repeat(16) }, randomBytes(32))
    assert.equal(await problemOf(otherId), 'other-key')
    const { seal } = manifestOf(sound)
    const oldSeal = rewrite(letIn, {}, randomBytes(32))
    const forged = oldSeal.toString('latin1').replace(/"seal":"[0-9a-f]+"/, `"seal":"${seal}"`)
    assert.equal(await problemOf(Buffer.from(forged, 'latin1')), 'changed')
  })

  test('that is none, is empty, is only a database, or is of another gateway is told for what it is', async () => {
    assert.equal(await problemOf(''), 'no-backup')
    assert.equal(await problemOf('{"pairgateBackup":1}\n'), 'no-backup')
    assert.equal(await problemOf(randomBytes(10_000)), 'no-backup')
    assert.equal(await problemOf(sound.subarray(0, manifestOf(sound).size)), 'cut')
    assert.equal(await problemOf(sound, { ...keys, events: randomBytes(32) }), 'other-key')
    assert.equal(await problemOf(sound, { ...keys, token: randomBytes(32) }), 'token-key')
    await assert.rejects(checkBackup(join(dir, 'missing.db'), keys), /^StateError: There is no file/)
    await assert.rejects(checkBackup(dir, keys), /is no file/)
  })

  test('of a later format, or with later tables, asks for a later version', async () => {
    const later = Buffer.concat([sound, Buffer.from('\n{"pairgateBackup":2,"anything":[]}\n')])
    assert.equal(await problemOf(later), 'newer')
    const tables = "insert into kysely_migration (name, timestamp) values ('9999-later', '')"
    assert.equal(await problemOf(rewrite(tables, { schema: '9999-later' })), 'newer')
  })

  test('says when its head, its tables or its log are not what it was sealed with', async () => {
    assert.equal(await problemOf(rewrite('delete from limits')), undefined)
    assert.equal(await problemOf(rewrite('delete from limits', { schema: '0002-limits' })), 'changed')
    const head = { ...manifestOf(sound).head, seq: 1 }
    assert.equal(await problemOf(rewrite('delete from limits', { head })), 'changed')
    assert.equal(await problemOf(rewrite("update events set actor = 'x' where seq = 2")), 'log')
  })

  test('with a trigger or a view is refused, whoever sealed it: they would run when it is written to', async () => {
    const letIn = 'update tokens set revoked_at = null'
    for (const hidden of [
      `create trigger sleeper after insert on events begin ${letIn}; end`,
      'create view sessions_too as select * from sessions',
    ])
      assert.equal(await problemOf(rewrite(hidden)), 'damaged')
  })

  test('leaves nothing beside itself when it is checked', () => {
    assert.deepEqual(readdirSync(dir).sort(), ['backup.db', 'changed.db'])
  })
})
