import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

// The checklist that OpenClaw documents for AUTH_TOKEN_MISMATCH and AUTH_DEVICE_TOKEN_MISMATCH, step by step.

const OF_GATEWAY = 'token-of-the-gateway-12345'
const IN_FILE = 'token-in-the-file-12345678'
const OF_CLIENT = 'token-of-the-client-1234567'
const host = createMachine()
const [phone, laptop] = [createMachine(), createMachine()]
const settings = { gateway: { auth: { mode: 'token', token: IN_FILE } } }
// Before the gateway starts: on a busy machine it may read its settings as soon as that.
writeFileSync(join(host.stateDir, 'pairgate.json'), JSON.stringify(settings), { mode: 0o600 })
const gateway = host.start(['gateway', 'run', '--port', '0'], { OPENCLAW_GATEWAY_TOKEN: OF_GATEWAY })
const ended = collect(gateway, 580_000)
const tokenFile = (machine: Machine): string => join(machine.stateDir, 'identity', 'tokens.json')
let url = ''
let phoneId = ''
let laptopId = ''

const call = (machine: Machine, env?: NodeJS.ProcessEnv) =>
  machine.run(['call', 'health', '--json', ...(env ? [] : ['--url', url])], env)
const ask = (machine: Machine, token: string) =>
  machine.run(['connect', '--url', url, '--token', token, '--no-wait', '--json'])

async function pair(machine: Machine): Promise<string> {
  const connect = machine.start(['connect', '--url', url, '--token', OF_GATEWAY, '--json'])
  const whole = collect(connect)
  const [, requestId = ''] = await waitForOutput(connect, /"requestId":"([^"]+)"/)
  assert.equal((await host.run(['devices', 'approve', requestId])).code, 0)
  const { stdout } = await whole
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '').deviceId
}
async function rotate(deviceId: string): Promise<void> {
  const { code, stdout } = await host.run(['devices', 'rotate', '--device', deviceId, '--role', 'operator'])
  assert.equal(code, 0, stdout)
  const said = JSON.parse(stdout)
  assert.deepEqual([said.deviceId, said.role], [deviceId, 'operator'])
}

before(async () => {
  url = (await waitForOutput(gateway, /listening on (ws:\S+)\n/))[1] ?? ''
  phoneId = await pair(phone)
  laptopId = await pair(laptop)
  // The phone comes back with a token file of the day before, as out of a backup.
  const yesterday = readFileSync(tokenFile(phone))
  await rotate(phoneId)
  for (let use = 0; use < 2; use += 1) assert.equal((await call(phone)).code, 0)
  writeFileSync(tokenFile(phone), yesterday, { mode: 0o600 })
})
after(async () => {
  gateway.kill('SIGTERM')
  await ended
  for (const machine of [host, phone, laptop]) machine.remove()
})

describe('the checklist for token drift, where file, environment and device disagree', () => {
  test('0. it is really drifted: neither the stored token nor the shared one of the client is taken', async () => {
    const stored = await call(phone)
    assert.equal(stored.code, 1)
    assert.equal(JSON.parse(stored.stdout).error.details.code, 'AUTH_DEVICE_TOKEN_MISMATCH')
    const stranger = createMachine()
    const shared = await ask(stranger, OF_CLIENT)
    stranger.remove()
    assert.match(shared.stdout, /AUTH_TOKEN_MISMATCH/)
  })

  test('1. the source of the token is confirmed, and the token itself stays unsaid', async () => {
    const got = await host.run(['config', 'get', 'gateway.auth.token'])
    assert.deepEqual([got.code, got.stdout.trim()], [0, '__OPENCLAW_REDACTED__'])
    assert.match(
      got.stderr,
      /The running gateway does not use it: OPENCLAW_GATEWAY_TOKEN overrides the file\./,
    )
    const { stdout } = await host.run(['doctor', '--json'], { HOME: host.stateDir })
    const { what } = JSON.parse(stdout).findings.find(
      ({ check }: { check: string }) => check === 'secret-copies',
    )
    assert.match(what, /The gateway takes that of its variable OPENCLAW_GATEWAY_TOKEN/)
    for (const secret of [OF_GATEWAY, IN_FILE])
      assert.ok(!(got.stdout + got.stderr + stdout).includes(secret))
  })

  test('2. the list names the device', async () => {
    const { stdout } = await host.run(['devices', 'list'])
    assert.ok(stdout.includes(phoneId) && stdout.includes(laptopId))
  })

  test('3. a rotation is all that a device needs which has its last token', async () => {
    await rotate(laptopId)
    assert.equal((await call(laptop)).code, 0)
    await rotate(phoneId)
    assert.equal((await call(phone)).code, 1, 'the one with an older token is not let in by a rotation')
  })

  test('4. where that is not enough, the pairing is removed, asked for again and approved', async () => {
    const removed = await host.run(['devices', 'remove', phoneId])
    assert.equal(removed.code, 0, removed.stderr)
    assert.match((await ask(phone, OF_GATEWAY)).stdout, /"event":"pending"/)
    const { pending } = JSON.parse((await host.run(['devices', 'list', '--json'])).stdout)
    assert.deepEqual(
      pending.map(({ deviceId }: { deviceId: string }) => deviceId),
      [phoneId],
    )
    const approved = await host.run(['devices', 'approve', pending[0].requestId])
    assert.equal(approved.code, 0, approved.stderr)
    const after = JSON.parse((await host.run(['devices', 'list', '--json'])).stdout)
    assert.deepEqual(after.pending, [], 'approving makes no other request')
  })

  test('5. the client is in with the current shared token, and from then on with its own', async () => {
    const shared = await phone.run(['connect', '--url', url, '--token', OF_GATEWAY, '--json'])
    assert.equal(shared.code, 0, shared.stderr)
    assert.equal((await call(phone)).code, 0)
    const ambient = { OPENCLAW_GATEWAY_URL: url, OPENCLAW_GATEWAY_TOKEN: OF_GATEWAY }
    assert.equal((await call(phone, ambient)).code, 0)
  })

  test('6. one copy less, and doctor has nothing more to say about it', async () => {
    assert.equal((await host.run(['config', 'unset', 'gateway.auth.token'])).code, 0)
    const { stdout } = await host.run(['doctor', '--json'], { HOME: host.stateDir })
    const copies = JSON.parse(stdout).findings.filter(
      ({ check }: { check: string }) => check === 'secret-copies',
    )
    assert.deepEqual(
      copies.map(({ level }: { level: string }) => level),
      ['ok'],
    )
  })
})
