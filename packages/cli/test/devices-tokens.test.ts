import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { withoutUse } from '@pairgate/gateway/testing'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const DAY = 86_400_000
const host = createMachine()
const phone = createMachine()
const gateway = host.start(['gateway', 'run', '--port', '0'])
let url = ''
let deviceId = ''

async function json(machine: Machine, line: string) {
  const { code, stdout, stderr } = await machine.run([...line.split(' '), '--json'])
  assert.equal(code, 0, `${line}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}
async function text(line: string): Promise<string> {
  const { code, stdout, stderr } = await host.run(line.split(' '))
  assert.equal(code, 0, `${line}: ${stdout}${stderr}`)
  return stdout
}
async function tokens() {
  return (await json(host, 'devices list')).paired[0].tokens
}

before(async () => {
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
  const connect = phone.start(['connect', '--url', url, '--name', 'Pocket phone', '--json'])
  const whole = collect(connect)
  const [, requestId] = await waitForOutput(connect, /"requestId":"([^"]+)"/)
  deviceId = (await json(host, `devices approve ${requestId} --expires 5d`)).device.deviceId
  assert.equal((await whole).code, 0)
})
after(async () => {
  gateway.kill('SIGTERM')
  await once(gateway, 'exit')
  for (const machine of [host, phone]) machine.remove()
})

test('the list names a token that runs out within a week, and the command that it names gives it time', async () => {
  const list = await text('devices list')
  assert.match(list, /Tokens that end within a week\n {2}Pocket phone \(operator\) ends in 5d: /)
  const [, command = ''] = /openclaw (devices extend \S+ --role operator --expires 30d)\n/.exec(list) ?? []
  assert.equal(await text(command), `Extended ${deviceId} (operator): expires in 30d\n`)
  assert.doesNotMatch(await text('devices list'), /within a week/)
})

test('an extension is told as JSON, takes a deadline away, and leaves the device its secret', async () => {
  const before = Date.now()
  const result = await json(host, `devices extend ${deviceId} --expires 12h --role operator`)
  const { expiresAtMs } = result
  assert.deepEqual(result, { deviceId, role: 'operator', expiresAtMs })
  assert.ok(expiresAtMs >= before + DAY / 2 && expiresAtMs <= Date.now() + DAY / 2)
  assert.equal((await tokens())[0].expiresAtMs, expiresAtMs)
  const never = await text(`devices extend ${deviceId.slice(0, 8)} --expires never`)
  assert.equal(never, `Extended ${deviceId} (operator): without a deadline\n`)
  assert.equal((await tokens())[0].expiresAtMs, undefined)
  assert.equal((await json(phone, `connect --url ${url}`)).requestId, undefined)
})

test('a move leads the device into another session, with the secret that it has', async () => {
  await json(host, 'sessions create work')
  const moved = await text(`devices move ${deviceId.slice(0, 8)} --session work`)
  assert.equal(moved, `Moved ${deviceId} (operator): session work\n`)
  assert.equal((await json(phone, `connect --url ${url}`)).requestId, undefined)
  const { session } = await json(host, `devices move ${deviceId} --session new`)
  assert.match(session, /^device-/)
  assert.equal((await tokens())[0].session, session)
})

test('what cannot be done ends with exit code 1, says why, and changes nothing', async () => {
  const before = withoutUse(await tokens())
  for (const verb of ['revoke', 'rotate']) {
    const { code, stderr } = await host.run(['devices', verb, '--device', deviceId, '--role', 'node'])
    assert.equal(code, 1)
    assert.match(stderr, /denied\nThe device has no token of the role node; it has: operator\.\n/)
  }
  const short = await host.run(['devices', 'extend', deviceId.slice(0, 4), '--expires', '1d'])
  assert.match(short.stderr, /^unknown deviceId\nAt least the first 8 letters of an id are needed\.\n/)
  const nobody = 'f'.repeat(64)
  for (const [line, why] of [
    ['extend ffffffff --expires 30d', /^unknown deviceId\n/],
    ['move ffffffff --session work', /^unknown deviceId\n/],
    [`extend ${nobody} --expires 30d`, /^The device has no token\.\n/],
    [`move ${nobody} --session work --role operator`, /device token move denied/],
    [`extend ${deviceId} --expires 30d --role node`, /device token extension denied/],
    [`extend ${deviceId} --expires soon`, /soon/],
    [`move ${deviceId} --session nowhere`, /unknown session/],
    [`move ${deviceId} --session *`, /only an admin token/],
  ] as const) {
    const { code, stdout, stderr } = await host.run(['devices', ...line.split(' ')])
    assert.deepEqual([code, stdout], [1, ''], line)
    assert.match(stderr, why, line)
  }
  const { code, stdout } = await host.run(['devices', 'extend', 'ffffffff', '--expires', '30d', '--json'])
  assert.equal(code, 1)
  assert.equal(JSON.parse(stdout).error.message, 'unknown deviceId')
  assert.deepEqual(withoutUse(await tokens()), before)
})

test('a device gives itself no time, and a token that was revoked gets none', async () => {
  const denied = await phone.run(['devices', 'extend', deviceId, '--expires', '30d', '--url', url])
  assert.deepEqual([denied.code, denied.stdout], [1, ''])
  await json(host, `devices revoke --device ${deviceId} --role operator`)
  const { code, stderr } = await host.run(['devices', 'extend', deviceId, '--expires', '30d'])
  assert.equal(code, 1)
  assert.match(stderr, /^The device has no token\.\n/)
})
