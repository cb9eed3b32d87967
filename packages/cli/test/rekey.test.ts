import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import {
  type Connection,
  connectAsDevice,
  connectAsOwner,
  createFileTokenStore,
  loadOrCreateFileKey,
} from '@pairgate/client'
import { createLog, startGateway } from '@pairgate/gateway'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const SCOPES = ['operator.admin']
const KEYS = ['token.key', 'events.key', 'local.key']
const host = createMachine()
const [phone, laptop] = [createMachine(), createMachine()]
const log = createLog({ level: 'silent', destination: process.stderr })
const pristine = `${host.stateDir}-pristine`
const killed: string[] = []
let laptopTokens = ''
const keyFile = (machine: Machine): string => join(machine.stateDir, 'identity', 'device.pem')
const tokenFile = (machine: Machine): string => join(machine.stateDir, 'identity', 'tokens.json')
const keysIn = (dir: string) => KEYS.map((name) => readFileSync(join(dir, 'secrets', name), 'utf8'))

async function open(stateDir: string) {
  const gateway = await startGateway({ flags: { port: '0' }, env: { PAIRGATE_STATE_DIR: stateDir }, log })
  const localKey = Buffer.from(
    readFileSync(join(stateDir, 'secrets', 'local.key'), 'utf8').trim(),
    'base64url',
  )
  const owner = await connectAsOwner({ socketPath: join(stateDir, 'gateway.sock'), localKey, scopes: SCOPES })
  const close = async () => {
    await owner.close()
    await gateway.stop('the test is over')
  }
  return { url: gateway.url, owner, close }
}

/** Connects with what the machine has stored; its token belonged to another port of the same gateway. */
async function connect(machine: Machine, url: string, file = tokenFile(machine)): Promise<Connection> {
  const key = await loadOrCreateFileKey(keyFile(machine))
  const { tokens } = JSON.parse(readFileSync(file, 'utf8'))
  const stored = createFileTokenStore(file)
  const last = tokens.at(-1)
  await stored.save(new URL(url).origin, key.deviceId, 'operator', { token: last.token, scopes: last.scopes })
  return connectAsDevice({ url, key, tokens: stored, scopes: last.scopes })
}
const tokenOf = (machine: Machine): string =>
  JSON.parse(readFileSync(tokenFile(machine), 'utf8')).tokens.at(-1).token

before(async () => {
  const gateway = host.start(['gateway', 'run', '--port', '0'])
  const ended = collect(gateway, 580_000)
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\S+)\n/)
  for (const machine of [phone, laptop]) {
    const asking = machine.start(['connect', '--url', url, '--json', '--scope', 'operator.admin'])
    const whole = collect(asking)
    const [, requestId = ''] = await waitForOutput(asking, /"requestId":"([^"]+)"/)
    assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
    assert.equal((await whole).code, 0)
  }
  laptopTokens = readFileSync(tokenFile(laptop), 'utf8')
  const running = await host.run(['gateway', 'rekey', '--yes'])
  assert.equal(running.code, 1)
  assert.match(running.stderr, /Another gateway is already running .*it would go on with the old keys/)
  gateway.kill('SIGTERM')
  await ended
  cpSync(host.stateDir, pristine, { recursive: true, filter: (path) => !path.endsWith('.sock') })
})
after(() => {
  for (const dir of [pristine, ...killed]) rmSync(dir, { recursive: true, force: true })
  for (const machine of [host, phone, laptop]) machine.remove()
})

test('without --yes nothing is done, and with a key in the environment it is told why not', async () => {
  const asked = await host.run(['gateway', 'rekey'])
  assert.equal(asked.code, 1)
  assert.match(asked.stderr, /^Nothing was done\.\n[\s\S]*openclaw gateway rekey --yes/)
  const foreign = await host.run(['gateway', 'rekey', '--yes'], { PAIRGATE_TOKEN_KEY: 'A'.repeat(43) })
  assert.match(foreign.stderr, /^The variable PAIRGATE_TOKEN_KEY holds a key/)
  assert.deepEqual(keysIn(host.stateDir), keysIn(pristine))
})

test('after a rekey every key is new, devices fetch their tokens by themselves, and the log verifies', async () => {
  const before = tokenOf(phone)
  const invited = await open(host.stateDir)
  const { code = '' } = await invited.owner.request('device.pair.invite', {})
  await invited.close()

  const done = await host.run(['gateway', 'rekey', '--yes', '--json'])
  assert.equal(done.code, 0, done.stderr)
  assert.deepEqual(JSON.parse(done.stdout), { rekeyed: true, rotatedTokens: 2, derivedTokenChanged: false })
  const old = keysIn(pristine)
  for (const [at, key] of keysIn(host.stateDir).entries()) assert.notEqual(key, old[at])
  assert.ok(!existsSync(join(host.stateDir, 'secrets', 'new-keys.json')))

  const { url, owner, close } = await open(host.stateDir)
  const fetched = await connect(phone, url)
  await fetched.close()
  assert.notEqual(tokenOf(phone), before)
  await (await connect(phone, url)).close()
  assert.deepEqual((await owner.request('device.pair.list', {})).pending, [], 'nobody had to ask again')
  const verdict = await owner.request('audit.verify', {})
  assert.deepEqual([verdict.ok, verdict.ok && verdict.from], [true, 1])
  const kinds = (await owner.request('audit.list', { limit: 10 })).events.map(({ kind }) => kind)
  assert.deepEqual(kinds.slice(0, 4), [
    'invitation-cancelled',
    'token-rotated',
    'token-rotated',
    'keys-changed',
  ])

  const key = await loadOrCreateFileKey(keyFile(phone))
  const stale = createFileTokenStore(join(phone.stateDir, 'stale.json'))
  await stale.save(new URL(url).origin, key.deviceId, 'operator', { token: before, scopes: SCOPES })
  await assert.rejects(connectAsDevice({ url, key, tokens: stale, scopes: SCOPES }), {
    code: 'AUTH_DEVICE_TOKEN_MISMATCH',
  })
  const stranger = createMachine()
  const guess = await stranger.run(['connect', code, '--url', url, '--no-wait', '--json'])
  assert.equal(guess.code, 1, 'a code from before opens nothing')
  stranger.remove()
  await close()
})

test('after a second rekey the log verifies back to its beginning, and not when an old event was changed', async () => {
  assert.equal((await host.run(['gateway', 'rekey', '--yes'])).code, 0)
  const again = await open(host.stateDir)
  // It was away for both: two secrets ago is as good as one, because none was proved since.
  await (await connect(laptop, again.url)).close()
  assert.equal((await again.owner.request('audit.verify', {})).ok, true)
  await again.close()

  const database = new DatabaseSync(join(host.stateDir, 'pairgate.db'))
  database.exec('update events set at = at + 1 where seq = 1')
  database.close()
  const changed = await open(host.stateDir)
  const verdict = await changed.owner.request('audit.verify', {})
  assert.deepEqual([verdict.ok, 'seq' in verdict && verdict.seq], [false, 1])
  await changed.close()
  const refused = await host.run(['gateway', 'rekey', '--yes'])
  assert.match(refused.stderr, /^The event log does not verify, and a new key must not cover that up\./)
})

test('a rekey that is killed before any of its steps leaves a state that starts and knows its devices', async () => {
  const preload = new URL('./kill-at.ts', import.meta.url).href
  const outcomes = new Set<string>()
  for (let step = 1, code: number | null = null; code !== 0; step += 1) {
    const state = `${pristine}-${step}`
    killed.push(state)
    // With a filter the modes are kept.
    cpSync(pristine, state, { recursive: true, filter: () => true })
    const env = { PAIRGATE_STATE_DIR: state, NODE_OPTIONS: `--import=${preload}`, KILL_AT: String(step) }
    const result = await host.run(['gateway', 'rekey', '--yes'], env)
    code = result.code
    assert.ok(code === 0 || code === null, result.stderr)

    const { url, owner, close } = await open(state)
    const tokens = join(state, 'tokens-of-the-laptop.json')
    writeFileSync(tokens, laptopTokens, { mode: 0o600 })
    await (await connect(laptop, url, tokens)).close()
    assert.equal((await owner.request('audit.verify', {})).ok, true, `killed at ${step}`)
    await close()
    const changed = keysIn(state).filter((key, at) => key !== keysIn(pristine)[at]).length
    outcomes.add(`${changed} of ${KEYS.length} keys`)
    assert.deepEqual(
      readdirSync(join(state, 'secrets')).filter(
        (name) => name.startsWith('new-keys.json') && !name.endsWith('.tmp'),
      ),
      [],
    )
    rmSync(state, { recursive: true })
  }
  assert.deepEqual([...outcomes], ['0 of 3 keys', '3 of 3 keys'], 'the old ones or the new ones, never both')
})
