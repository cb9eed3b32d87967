import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type MigrateOptions, migrateOpenClaw } from '../../src/migrate/migrate-openclaw.ts'
import { StateError } from '../../src/state/state-error.ts'
import { makeDevice } from '../harness/test-device.ts'
import { within } from '../harness/within.ts'
import {
  bytesBelow,
  insertPaired,
  openClawDatabase,
  openClawFiles,
  openClawToken,
  pairedRow,
} from './openclaw-state.ts'

const root = mkdtempSync(join(realpathSync(tmpdir()), 'migrate-'))
after(() => rmSync(root, { recursive: true, force: true }))

let places = 0
/** A home directory with nothing in it. */
function freshHome(): string {
  places += 1
  const home = join(root, `home-${places}`)
  mkdirSync(home)
  return home
}
async function refusalOf(options: MigrateOptions): Promise<string> {
  const error = await migrateOpenClaw(options).then(
    () => undefined,
    (failed: unknown) => failed,
  )
  assert.ok(error instanceof StateError, String(error))
  return error.message
}

const linkToZero = (path: string): void => symlinkSync('/dev/zero', path)

test('the files of 2026.4.5 are imported, without a write to them', async () => {
  const home = freshHome()
  const from = join(home, '.openclaw')
  // That version wrote down no approved scopes.
  const { approvedScopes: _, ...row } = pairedRow(makeDevice(), 1, { scopes: ['operator.read'] })
  openClawFiles(from, [row], { r: { requestId: 'r', deviceId: makeDevice().id, role: 'operator' } })
  const before = bytesBelow(from)
  const { state, judged, target } = await migrateOpenClaw({ env: {}, home, apply: true })
  assert.deepEqual([state.source.kind, state.pending.length, target], ['json', 1, join(home, '.pairgate')])
  assert.deepEqual(
    judged.map(({ verdict, grant }) => [verdict, grant.state === 'live' && grant.scopes]),
    [['new', ['operator.read']]],
  )
  assert.deepEqual(bytesBelow(from), before)
})

test('files do not count where the database knows devices, and count while it knows none', async () => {
  const home = freshHome()
  const from = join(home, '.openclaw')
  openClawFiles(from, [pairedRow(makeDevice(), 1)])
  const database = openClawDatabase(from, [])
  assert.equal((await migrateOpenClaw({ env: {}, home })).state.source.kind, 'json')
  insertPaired(database, pairedRow(makeDevice(), 2))
  database.close()
  const { state, judged } = await migrateOpenClaw({ env: {}, home })
  const ignored = join(from, 'devices', 'paired.json')
  assert.deepEqual([state.source.kind, state.source.ignored, judged.length], ['sqlite', ignored, 1])
})

test('a database is read as it is, open or closed, and nothing is left beside it', async () => {
  const home = freshHome()
  const from = join(home, '.openclaw')
  const database = openClawDatabase(from, [pairedRow(makeDevice(), 1)])
  const before = bytesBelow(from)
  assert.equal((await migrateOpenClaw({ env: {}, home })).judged.length, 1)
  assert.deepEqual(bytesBelow(from), before)
  database.close()
  const closed = bytesBelow(from)
  assert.deepEqual(Object.keys(closed), [join(from, 'state', 'openclaw.sqlite')])
  assert.equal((await migrateOpenClaw({ env: {}, home })).judged.length, 1)
  assert.deepEqual(bytesBelow(from), closed)
})

test('its own directory is read where a variable names it, and never becomes ours', async () => {
  const home = freshHome()
  const from = join(home, 'elsewhere')
  openClawDatabase(from, [pairedRow(makeDevice(), 1)]).close()
  const env = { OPENCLAW_STATE_DIR: from }
  assert.equal((await migrateOpenClaw({ env, home })).state.source.dir, from)
  const refusal = await refusalOf({ env, home, apply: true })
  assert.match(refusal, /holds the state of another program[\s\S]*PAIRGATE_STATE_DIR/)
  assert.equal(existsSync(join(from, 'secrets')), false)

  // A variable may also name ours.
  openClawDatabase(join(home, '.openclaw'), []).close()
  const ours = { OPENCLAW_STATE_DIR: join(home, 'ours') }
  const { state, target } = await migrateOpenClaw({ env: ours, home })
  assert.deepEqual([state.source.dir, target], [join(home, '.openclaw'), join(home, 'ours')])
})

test('what is not there or cannot be read is refused, and what it holds is not quoted', async () => {
  const home = freshHome()
  assert.match(
    await refusalOf({ env: {}, home }),
    /no devices of OpenClaw in .*\.openclaw[\s\S]*--from <directory>/,
  )
  const from = join(home, 'broken')
  mkdirSync(join(from, 'devices'), { recursive: true })
  writeFileSync(join(from, 'devices', 'paired.json'), `{"token": "${openClawToken(1)}`)
  const broken = await refusalOf({ env: {}, home, from })
  assert.match(broken, /is no JSON object of devices/)
  assert.equal(broken.includes(openClawToken(1)), false)

  mkdirSync(join(from, 'state'))
  const file = join(from, 'state', 'openclaw.sqlite')
  writeFileSync(file, 'no database at all'.repeat(99))
  assert.match(await refusalOf({ env: {}, home, from }), /Cannot read .*openclaw\.sqlite .*not a database/)
  rmSync(file)
  openClawDatabase(from, []).exec('drop table device_pairing_paired')
  assert.match(await refusalOf({ env: {}, home, from }), /holds no table device_pairing_paired/)
})

test('a device without an end in the place of a file is refused instead of read for ever', async () => {
  const home = freshHome()
  for (const name of ['devices/paired.json', 'devices/pending.json', 'state/openclaw.sqlite']) {
    for (const make of [mkdirSync, linkToZero]) {
      const from = join(home, 'odd')
      rmSync(from, { recursive: true, force: true })
      mkdirSync(join(from, 'devices'), { recursive: true })
      mkdirSync(join(from, 'state'))
      writeFileSync(join(from, 'devices', 'paired.json'), '{}')
      rmSync(join(from, name), { force: true })
      make(join(from, name))
      const refused = await within(refusalOf({ env: {}, home, from }), () => name)
      assert.match(refused, new RegExp(`${name} is no file`))
    }
  }
})

test('a row that names nobody is listed, a list that is no list gives nothing', async () => {
  const home = freshHome()
  const row = { tokens: '{"operator":', scopes: 'operator.admin' }
  openClawDatabase(join(home, '.openclaw'), [
    pairedRow({ id: 'x', publicKey: 'y' }, 1),
    pairedRow(makeDevice(), 2, { row }),
    pairedRow(makeDevice(), 3, { row: { approvedScopes: '"operator.admin"' } }),
  ]).close()
  const { state, judged } = await migrateOpenClaw({ env: {}, home })
  assert.deepEqual(state.skipped.map(({ reason }) => reason).sort(), ['bad-id', 'unreadable'])
  assert.deepEqual(
    judged.map(({ grant }) => grant.state === 'live' && grant.scopes),
    [[]],
  )
})
