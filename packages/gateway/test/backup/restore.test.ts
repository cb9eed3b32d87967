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
import { describe, type TestContext, test } from 'node:test'
import { createBackup } from '../../src/backup/create-backup.ts'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { verifyBackup } from '../../src/backup/verify-backup.ts'
import { recoverEventLog } from '../../src/recover-event-log.ts'
import { StateError } from '../../src/state/state-error.ts'
import { copyOf } from '../events/log-on-disk.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, pair, refusedConnect } from '../harness/pair.ts'

const scopes = ['operator.read']
const on = (stateDir: string) => ({ env: { PAIRGATE_STATE_DIR: stateDir } })

function outside(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'pairgate-restore-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'backup.db')
}
/** A gateway with one paired device, and a backup from then. */
async function backedUp(t: TestContext) {
  const gateway = await openGateway(t)
  const paired = await pair(gateway, { scopes })
  const file = outside(t)
  await createBackup({ ...on(gateway.stateDir), out: file })
  return { gateway, paired, file, stateDir: gateway.stateDir }
}
async function refusalOf(doing: Promise<unknown>): Promise<string> {
  let message = ''
  await assert.rejects(doing, (error) => {
    assert.ok(error instanceof StateError, String(error))
    message = error.message
    return true
  })
  return message
}
/** Every file of a directory with what is in it, but for the lock, which holds nothing. */
function contentOf(dir: string): ReadonlyMap<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
  return new Map(
    files
      .filter((entry) => entry.isFile() && !entry.name.startsWith('gateway.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, 'hex')]),
  )
}
const keptIn = (dir: string) => readdirSync(dir).filter((name) => name.includes('.before-restore-'))

describe('a restore', () => {
  test('to where nothing was decided since keeps every token', async (t) => {
    const { gateway, paired, file, stateDir } = await backedUp(t)
    await gateway.stop()
    const restored = await restoreBackup(file, on(stateDir))
    assert.deepEqual([restored.isRollback, restored.fault], [false, undefined])
    const { mode, size } = statSync(join(stateDir, 'pairgate.db'))
    assert.deepEqual([mode & 0o777, size], [0o600, restored.manifest.size])
    await gateway.restart()
    await connectPaired(gateway, { device: paired.device, token: paired.token, scopes })
  })

  test('to before a revocation does not bring the token back: the start is refused until it is recovered', async (t) => {
    const { gateway, paired, file, stateDir } = await backedUp(t)
    const owner = await gateway.owner()
    await owner.call('device.token.revoke', { deviceId: paired.device.id, role: 'operator' })
    await gateway.stop()
    assert.equal((await verifyBackup(file, on(stateDir))).behind, 1)
    const restored = await restoreBackup(file, on(stateDir))
    assert.equal(restored.isRollback, true)
    assert.match(await refusalOf(gateway.restart()), /Event 2 is not there: the database is an older copy/)
    assert.equal((await recoverEventLog(on(stateDir))).recovery?.revokedTokens, 1)
    await gateway.restart()
    const auth = { deviceToken: paired.token }
    const refused = await refusedConnect(gateway, { device: paired.device, auth, scopes })
    assert.equal(refused.details?.['authReason'], 'token_revoked')
  })

  test('to before a decision that was never noted is a rollback as well: the database knows of it', async (t) => {
    const { gateway, paired, file, stateDir } = await backedUp(t)
    const note = join(stateDir, 'event-head.json')
    const old = readFileSync(note)
    const owner = await gateway.owner()
    await owner.call('device.token.revoke', { deviceId: paired.device.id, role: 'operator' })
    await gateway.stop()
    // As when the disk under the note was full then.
    writeFileSync(note, old)
    assert.equal((await restoreBackup(file, on(stateDir))).isRollback, true)
    assert.match(await refusalOf(gateway.restart()), /Event 2 is not there/)
    assert.equal((await recoverEventLog(on(stateDir))).recovery?.revokedTokens, 1)
  })

  test('on another machine, where nothing is noted, is taken for a rollback', async (t) => {
    const { gateway, paired, file, stateDir } = await backedUp(t)
    await gateway.stop()
    const before = copyOf(stateDir, t)
    for (const name of readdirSync(before.stateDir))
      if (name !== 'secrets') rmSync(join(before.stateDir, name), { recursive: true })
    chmodSync(file, 0o444)

    const restored = await restoreBackup(file, on(before.stateDir))
    assert.deepEqual([restored.keptAs, restored.isRollback], [undefined, true])
    assert.equal(statSync(before.paths.database).mode & 0o777, 0o600)
    assert.match(await refusalOf(before.start()), /Event 2 is not there/)
    assert.equal((await recoverEventLog(on(before.stateDir))).recovery?.revokedTokens, 1)
    const other = await openGateway(t, { stateDir: before.stateDir })
    const auth = { deviceToken: paired.token }
    const refused = await refusedConnect(other, { device: paired.device, auth, scopes })
    assert.equal(refused.details?.['authReason'], 'token_revoked')
  })

  test('of a backup that is newer than the state directory is taken for a rollback, too', async (t) => {
    const gateway = await openGateway(t)
    await gateway.stop()
    const older = copyOf(gateway.stateDir, t)
    await gateway.restart()
    await pair(gateway, { scopes })
    const file = outside(t)
    await createBackup({ ...on(gateway.stateDir), out: file })
    assert.equal((await verifyBackup(file, on(older.stateDir))).behind, -1)
    assert.equal((await restoreBackup(file, on(older.stateDir))).isRollback, true)
    assert.match(await refusalOf(older.start()), /Event 2 is not there/)
  })

  test('says what is in its way, and then has changed nothing', async (t) => {
    const { gateway, file, stateDir } = await backedUp(t)
    assert.match(
      await refusalOf(restoreBackup(file, on(stateDir))),
      /^Another gateway is already running on .*\. Stop it first: a restore replaces/,
    )
    await gateway.stop()
    const other = await openGateway(t)
    await other.stop()
    const damaged = outside(t)
    writeFileSync(damaged, readFileSync(file).fill(1, 5_000, 5_010))

    const before = contentOf(stateDir)
    assert.match(
      await refusalOf(restoreBackup(damaged, on(stateDir))),
      /changed or damaged after it was made/,
    )
    assert.match(await refusalOf(restoreBackup(`${file}x`, on(stateDir))), /^(?:There is|Cannot read)/)
    assert.deepEqual(contentOf(stateDir), before)

    const foreign = contentOf(other.stateDir)
    assert.match(await refusalOf(restoreBackup(file, on(other.stateDir))), /of another gateway/)
    copyFileSync(join(stateDir, 'secrets/events.key'), join(other.stateDir, 'secrets/events.key'))
    assert.match(await refusalOf(restoreBackup(file, on(other.stateDir))), /token\.key .*does not belong/)
    rmSync(join(other.stateDir, 'secrets/events.key'))
    assert.match(await refusalOf(restoreBackup(file, on(other.stateDir))), /^There is no .*events\.key/)
    rmSync(join(other.stateDir, 'secrets/token.key'))
    assert.match(await refusalOf(restoreBackup(file, on(other.stateDir))), /^There is no .*token\.key/)
    for (const [path, bytes] of contentOf(other.stateDir)) assert.equal(bytes, foreign.get(path), path)
  })

  test('takes the keys from the environment, as a start does', async (t) => {
    const { gateway, file, stateDir } = await backedUp(t)
    await gateway.stop()
    const key = (name: string) => readFileSync(join(stateDir, 'secrets', name), 'utf8').trim()
    const env = {
      PAIRGATE_STATE_DIR: join(stateDir, '..', 'fresh'),
      PAIRGATE_TOKEN_KEY: key('token.key'),
      PAIRGATE_EVENTS_KEY: key('events.key'),
    }
    assert.equal((await restoreBackup(file, { env })).isRollback, true)
  })

  test('keeps the database that was there with what a crash has left of it', async (t) => {
    const { gateway, file, stateDir } = await backedUp(t)
    const database = join(stateDir, 'pairgate.db')
    const killed = copyOf(stateDir, t)
    assert.ok(existsSync(`${killed.paths.database}-wal`))
    await gateway.stop()
    const { keptAs } = await restoreBackup(file, on(killed.stateDir))
    assert.ok(keptAs)
    assert.equal(existsSync(`${killed.paths.database}-wal`), false)
    assert.equal(existsSync(`${killed.paths.database}-shm`), false)
    const events = (path: string) =>
      new DatabaseSync(path, { readOnly: true }).prepare('select mac from events').all()
    assert.deepEqual(events(keptAs), events(database))
    assert.equal(events(keptAs).length, 1)
  })

  test('takes the place of a database that is damaged, and keeps that with its log', async (t) => {
    const { gateway, file, stateDir } = await backedUp(t)
    await gateway.stop()
    const database = join(stateDir, 'pairgate.db')
    const other = new DatabaseSync(database)
    other.exec("update meta set value = 'another'")
    const bytes = readFileSync(`${database}-wal`)
    other.close()
    assert.ok(bytes.length > 0)
    writeFileSync(database, 'no database')
    writeFileSync(`${database}-wal`, bytes, { mode: 0o600 })
    await restoreBackup(file, on(stateDir))
    const [kept = '', log = ''] = keptIn(stateDir).sort()
    assert.equal(log, `${kept}-wal`)
    assert.equal(readFileSync(join(stateDir, kept), 'utf8'), 'no database')
    assert.ok(readFileSync(join(stateDir, log)).equals(bytes))
    await gateway.restart()
  })

  test('leaves no log of a database that is gone beside its own', async (t) => {
    const { gateway, file, stateDir } = await backedUp(t)
    const database = join(stateDir, 'pairgate.db')
    const log = readFileSync(`${database}-wal`)
    await gateway.stop()
    rmSync(database)
    writeFileSync(`${database}-wal`, log, { mode: 0o600 })
    assert.equal((await restoreBackup(file, on(stateDir))).keptAs, undefined)
    assert.equal(existsSync(`${database}-wal`), false)
    assert.deepEqual(
      keptIn(stateDir).map((name) => name.endsWith('-wal')),
      [true],
    )
  })
})

describe('a backup', () => {
  test('of a log that does not verify is written, says so, and can be restored', async (t) => {
    const { gateway, stateDir } = await backedUp(t)
    await gateway.stop()
    const edited = copyOf(stateDir, t)
    edited.edit("update events set actor = 'nobody' where seq = 1")
    const file = outside(t)
    const { verdict } = await createBackup({ ...on(edited.stateDir), out: file })
    assert.ok(!verdict.ok)
    assert.equal(verdict.problem, 'log')
    assert.match(verdict.what, /Event 1 was changed/)
    assert.match((await restoreBackup(file, on(edited.stateDir))).fault ?? '', /Event 1 was changed/)
  })

  test('of a damaged database is not made, and neither is one without a key', async (t) => {
    const { gateway, file, stateDir } = await backedUp(t)
    await gateway.stop()
    const keyless = copyOf(stateDir, t)
    rmSync(keyless.paths.eventsKey)
    const out = `${file}.new`
    assert.match(await refusalOf(createBackup({ ...on(keyless.stateDir), out })), /could not be sealed/)
    assert.equal(existsSync(keyless.paths.eventsKey), false)

    writeFileSync(join(stateDir, 'pairgate.db'), 'no database at all')
    assert.match(await refusalOf(createBackup({ ...on(stateDir), out })), /^Cannot make the copy: .*damaged/)
    rmSync(join(stateDir, 'pairgate.db'))
    assert.match(await refusalOf(createBackup({ ...on(stateDir), out })), /^There is no database in/)
    assert.deepEqual(readdirSync(join(file, '..')), ['backup.db'])
  })

  test('of PostgreSQL is left to its own tools', async (t) => {
    const { file, stateDir } = await backedUp(t)
    const env = { ...on(stateDir).env, DATABASE_URL: 'postgres://pairgate:secret@127.0.0.1:1/pairgate' }
    for (const doing of [createBackup({ env, out: `${file}.new` }), restoreBackup(file, { env })]) {
      const said = await refusalOf(doing)
      assert.match(said, /pg_dump/)
      assert.doesNotMatch(said, /secret/)
    }
  })
})
