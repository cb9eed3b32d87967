import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  cpSync,
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
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, connectAsOwner } from '@pairgate/client'
import { restoreBackup } from '@pairgate/gateway'
import { type CliResult, collect, createMachine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const phone = createMachine()
const shelf = mkdtempSync(join(tmpdir(), 'pairgate-shelf-'))
const early = join(shelf, 'early.db')
let gateway: ChildProcess
let ended: Promise<CliResult>
let url = ''
/** The same after a restart, so that the phone still knows the gateway. */
let port = '0'
let deviceId = ''

async function startGateway(): Promise<void> {
  gateway = host.start(['gateway', 'run', '--port', port])
  ended = collect(gateway, 580_000)
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
  port = new URL(url).port
}
async function stopGateway(): Promise<void> {
  gateway.kill('SIGTERM')
  await ended
}
async function run(code: number, ...args: string[]): Promise<CliResult> {
  const result = await host.run(args)
  assert.equal(result.code, code, `${args.join(' ')}: ${result.stdout}${result.stderr}`)
  return result
}
const json = async (code: number, ...args: string[]) =>
  JSON.parse((await run(code, ...args, '--json')).stdout)
const rename = (name: string) => run(0, 'devices', 'rename', '--device', deviceId, '--name', name)

before(async () => {
  await startGateway()
  const connect = phone.start(['connect', '--url', url, '--name', 'Pocket', '--json'])
  const whole = collect(connect)
  await waitForOutput(connect, /"requestId"/)
  await run(0, 'devices', 'approve')
  deviceId = JSON.parse((await whole).stdout.trim().split('\n').at(-1) ?? '').deviceId
})
after(async () => {
  await stopGateway()
  for (const machine of [host, phone]) machine.remove()
  rmSync(shelf, { recursive: true, force: true })
})

test('a backup is made while the gateway runs: one file, for the owner alone, without any key', async () => {
  const { stdout } = await run(0, 'backup', 'create', '--out', early)
  assert.match(stdout, /^Backup written: .*early\.db\n.*event 1 of epoch 1\..*Left out: secrets\//s)
  assert.equal(statSync(early).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(shelf), ['early.db'])
  const bytes = readFileSync(early)
  const secrets = readdirSync(join(host.stateDir, 'secrets'), { withFileTypes: true })
  assert.equal(secrets.length, 3)
  for (const { parentPath, name } of secrets) {
    const text = readFileSync(join(parentPath, name), 'utf8').trim()
    const key = Buffer.from(text, 'base64url')
    for (const spelling of [text, key, key.toString('hex'), key.toString('base64')])
      assert.equal(bytes.includes(spelling), false, name)
  }
})

test('a file that is there is replaced only when that is said, and none of the gateway itself', async () => {
  const kept = readFileSync(early)
  assert.match((await run(1, 'backup', 'create', '--out', early)).stderr, /is already there/)
  assert.ok(readFileSync(early).equals(kept))
  const made = await json(0, 'backup', 'create', '--out', shelf)
  assert.deepEqual([made.ok, made.head.seq, made.leftOut], [true, 1, ['secrets/', 'identity/']])
  await run(0, 'backup', 'create', '--out', made.file, '--force')
  for (const name of ['pairgate.db', 'secrets/token.key', 'event-head.json']) {
    const said = await run(1, 'backup', 'create', '--force', '--out', join(host.stateDir, name))
    assert.match(said.stderr, /belongs to the state of the gateway itself/)
  }
  assert.match(
    (await run(1, 'backup', 'create', '--out', join(shelf, 'no', 'such', 'dir.db'))).stderr,
    /ENOENT/,
  )
  rmSync(made.file)
  assert.deepEqual(readdirSync(shelf), ['early.db'])
})

test('of two backups into one file at once one is made and the other refused, and it is whole', async () => {
  const file = join(shelf, 'both.db')
  const both = await Promise.all([1, 2].map(() => host.run(['backup', 'create', '--out', file])))
  assert.deepEqual(both.map(({ code }) => code).sort(), [0, 1])
  assert.match(both.map(({ stderr }) => stderr).join(''), /^\S+ is already there/)
  await run(0, 'backup', 'verify', file)
  assert.deepEqual(readdirSync(shelf), ['both.db', 'early.db'])
  rmSync(file)
})

test('where files cannot have two names a backup overwrites none either', async () => {
  const file = join(shelf, 'share.db')
  const env = { NODE_OPTIONS: `--import=${new URL('./no-links.ts', import.meta.url).href}` }
  const both = await Promise.all([1, 2].map(() => host.run(['backup', 'create', '--out', file], env)))
  assert.deepEqual(both.map(({ code }) => code).sort(), [0, 1])
  await run(0, 'backup', 'verify', file)
  assert.deepEqual(readdirSync(shelf), ['early.db', 'share.db'])
  rmSync(file)
})

test('a check tells what is in a backup, how far it is behind, and exits 1 for a damaged one', async () => {
  await rename('Desk')
  const { stdout } = await run(0, 'backup', 'verify', early)
  assert.match(
    stdout,
    /^The backup is sound, made \d{4}-.*\n.*event 1 of epoch 1; the gateway is 1 further\.\n/,
  )
  assert.match(stdout, /^Devices: 1\. Tokens in force: 1\. Open requests: 0\.$/m)
  const sound = await json(0, 'backup', 'verify', early)
  assert.deepEqual([sound.ok, sound.devices, sound.behind, sound.notChecked], [true, 1, 1, []])

  const broken = join(shelf, 'broken.db')
  writeFileSync(broken, readFileSync(early).fill(1, 9_000, 9_050))
  assert.match((await run(1, 'backup', 'verify', broken)).stdout, /^The backup is not sound\. It was changed/)
  const faulty = await json(1, 'backup', 'verify', broken)
  assert.deepEqual([faulty.ok, faulty.problem], [false, 'changed'])
  rmSync(broken)
  assert.match((await run(1, 'backup', 'verify', broken)).stderr, /^There is no file/)
  assert.equal((await json(1, 'backup', 'verify', broken)).error.type, 'cli_error')

  const elsewhere = await phone.run(['backup', 'verify', early])
  assert.equal(elsewhere.code, 0)
  assert.match(elsewhere.stdout, /not known here(?:.*Not checked){2}/s)
})

test('a restore explains itself, and does nothing while the gateway runs', async () => {
  const { stderr } = await run(1, 'backup', 'restore', early)
  assert.match(stderr, /^Nothing was done\.\nThe backup is sound.*revokes every\ntoken.*--yes\.\n$/s)
  assert.match((await run(1, 'backup', 'restore', early, '--yes')).stderr, /already running .* Stop it first/)
  const { code, stderr: foreign } = await phone.run(['backup', 'restore', early, '--yes'])
  assert.equal(code, 1)
  assert.match(foreign, /^There is no .*token\.key, and keys are no part of a backup/)
  const missing = await phone.run(['backup', 'restore', `${early}.nope`, '--yes'])
  assert.deepEqual([missing.code, missing.stderr], [1, `There is no file ${early}.nope.\n`])
})

test('a backup that is made while two connections decide verifies and holds all that was answered before', async (t) => {
  const localKey = Buffer.from(
    readFileSync(join(host.stateDir, 'secrets', 'local.key'), 'utf8').trim(),
    'base64url',
  )
  const connect = () =>
    connectAsOwner({
      socketPath: join(host.stateDir, 'gateway.sock'),
      localKey,
      scopes: ['operator.admin'],
    })
  const owners = await Promise.all([connect(), connect()])
  let isOver = false
  const answered: string[] = []
  const decide = async (owner: Connection, name: string) => {
    for (let n = 0; !isOver; n += 1) {
      await owner.request('device.pair.rename', { deviceId, label: `${name} ${n}` })
      answered.push(`${name} ${n}`)
    }
  }
  const deciding = owners.map((owner, n) => decide(owner, `busy ${n}`))
  for (let round = 0; round < 3; round += 1) {
    const wanted = answered.length + 10
    while (answered.length < wanted) await pause(1)
    const file = join(shelf, `busy-${round}.db`)
    const known = [...answered]
    const { head } = await json(0, 'backup', 'create', '--out', file)
    const meanwhile = answered.length - known.length
    assert.equal((await json(0, 'backup', 'verify', file)).ok, true)
    const copy = new DatabaseSync(file, { readOnly: true })
    const bodies = copy.prepare('select body from event_details').all()
    copy.close()
    const labels = new Set(bodies.map(({ body }) => JSON.parse(String(body)).after?.name))
    assert.deepEqual(
      known.filter((label) => !labels.has(label)),
      [],
    )
    assert.ok(head.seq >= known.length && meanwhile > 0, `${meanwhile} decisions while it was made`)
    t.diagnostic(`${meanwhile} decisions were answered while backup ${round} was made`)
    rmSync(file)
  }
  isOver = true
  await Promise.all(deciding)
  for (const owner of owners) owner.close()
})

test('a restore goes back: the start is refused until it is recovered, and then every token is dead', async () => {
  await rename('Kitchen')
  await stopGateway()
  const done = await json(0, 'backup', 'restore', early, '--yes')
  assert.deepEqual([done.restored, done.recoverNeeded, done.head.seq], [true, true, 1])
  assert.ok(existsSync(done.keptAs))
  assert.match(
    (await run(1, 'gateway', 'run', '--port', port)).stderr,
    /older copy.*recover --accept-rollback/s,
  )
  assert.match((await run(0, 'recover', '--accept-rollback')).stdout, /Revoked tokens: 1\./)
  await startGateway()

  const old = await phone.run(['call', 'health', '--url', url])
  assert.equal(old.code, 1)
  assert.match(old.stderr, /revoked|not paired|pairing required/i)
  const { paired } = await json(0, 'devices', 'list')
  assert.deepEqual(
    paired.map((device: { deviceId: string }) => device.deviceId),
    [deviceId],
  )
  assert.match((await run(0, 'audit', 'verify')).stdout, /^The event log verifies: 3 events/)
})

/** Restores into copies of a state directory, and kills each before another step; the last one gets to its end. */
async function* killBeforeEachStep(from: string) {
  const preload = new URL('./kill-at.ts', import.meta.url).href
  for (let step = 1, code: number | null = null; code !== 0; step += 1) {
    const state = `${from}-killed-${step}`
    cpSync(from, state, { recursive: true, filter: () => true })
    const env = { PAIRGATE_STATE_DIR: state, NODE_OPTIONS: `--import=${preload}`, KILL_AT: String(step) }
    const result = await host.run(['backup', 'restore', early, '--yes'], env)
    code = result.code
    assert.ok(code === 0 || code === null, result.stderr)
    yield { state, isDone: code === 0 }
    rmSync(state, { recursive: true })
  }
}
/** The seal of the last event of a database that is whole. */
function lastSeal(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true })
  assert.equal(database.prepare('pragma integrity_check').get()?.['integrity_check'], 'ok')
  const last = database.prepare('select mac from events order by seq desc limit 1').get()
  database.close()
  return String(last?.['mac'])
}

test('a restore that is killed before any of its steps leaves one whole database, and can be done again', async (t) => {
  // As if the gateway had been killed: what it decided last lies in the log beside the database.
  const present = join(shelf, 'present')
  cpSync(host.stateDir, present, { recursive: true, filter: (path) => !/\.sock$|-shm$/.test(path) })
  assert.ok(existsSync(join(present, 'pairgate.db-wal')))
  const seals = { present: lastSeal(join(present, 'pairgate.db')), early: lastSeal(early) }
  const seen: string[] = []
  for await (const { state, isDone } of killBeforeEachStep(present)) {
    const seal = lastSeal(join(state, 'pairgate.db'))
    assert.ok(Object.values(seals).includes(seal))
    seen.push(seal === seals.early ? 'early' : 'present')
    if (isDone) continue

    await restoreBackup(early, { env: { PAIRGATE_STATE_DIR: state } })
    assert.equal(lastSeal(join(state, 'pairgate.db')), seals.early)
    const kept = readdirSync(state).filter((name) => name.includes('.before-restore-'))
    assert.ok(kept.some((name) => lastSeal(join(state, name)) === seals.present))
  }
  assert.deepEqual([seen[0], seen.at(-1)], ['present', 'early'])
  assert.ok(seen.length > 6, `only ${seen.length} steps were tried`)
  t.diagnostic(`killed before ${seen.length - 1} steps: ${seen.join(' ')}`)
})

test('where nothing is noted, a restore that is killed never leaves a database that would start', async () => {
  const fresh = join(shelf, 'fresh')
  cpSync(join(host.stateDir, 'secrets'), join(fresh, 'secrets'), { recursive: true })
  for (const dir of [fresh, join(fresh, 'secrets')]) chmodSync(dir, 0o700)
  const seen: boolean[] = []
  for await (const { state } of killBeforeEachStep(fresh)) {
    const isThere = existsSync(join(state, 'pairgate.db'))
    seen.push(isThere)
    if (isThere) assert.equal(JSON.parse(readFileSync(join(state, 'event-head.json'), 'utf8')).seq, 2)
  }
  assert.deepEqual([seen[0], seen.at(-2), seen.at(-1)], [false, true, true])
})
