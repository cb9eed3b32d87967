import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { startHost } from './host-of-test.ts'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const { host, url } = await startHost({ after })
const phone = createMachine()
after(() => phone.remove())

async function json(machine: Machine, line: string, code = 0) {
  const result = await machine.run([...line.split(' '), '--json'])
  assert.equal(result.code, code, `${line}: ${result.stdout}${result.stderr}`)
  return JSON.parse(result.stdout)
}
/** A request that is left open; answers its id. */
async function ask(machine: Machine, flags = ''): Promise<string> {
  const result = await machine.run(`connect --url ${url} --no-wait --json${flags}`.split(' '))
  assert.equal(result.code, 1, result.stderr)
  const [line = ''] = result.stdout.split('\n')
  const { event, requestId, fingerprint } = JSON.parse(line)
  assert.equal(event, 'pending')
  assert.equal(fingerprint.split(' ').length, 6)
  assert.ok(result.stderr.includes(`(requestId: ${requestId})`))
  return requestId
}
async function forgetAll(): Promise<void> {
  await json(host, 'devices clear --yes --pending')
}

test('a device asks and waits, the host approves the one open request, and the device is in', async () => {
  const connect = phone.start(['connect', '--url', url, '--name', 'Pocket phone', '--json'])
  const whole = collect(connect)
  const [, requestId] = await waitForOutput(connect, /"requestId":"([^"]+)"/)

  const approved = await json(host, 'devices approve')
  assert.equal(approved.requestId, requestId)
  assert.equal(approved.device.displayName, 'Pocket phone')

  const { code, stdout } = await whole
  assert.equal(code, 0)
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  assert.deepEqual(last, { ...last, deviceId: approved.device.deviceId, role: 'operator', requestId })
  assert.deepEqual(last.scopes, ['operator.read'])

  const again = await json(phone, `connect --url ${url}`)
  assert.equal(again.requestId, undefined)
  assert.equal((await json(phone, `call health --url ${url}`)).ok, true)
})

test('a device that may only read is told which scope it lacks', async () => {
  const { error } = await json(phone, `devices list --url ${url}`, 1)
  assert.deepEqual(
    [error.type, error.code, error.details.code],
    ['gateway_request_error', 'FORBIDDEN', 'MISSING_SCOPE'],
  )
})

test('a paired device that insists on more asks for it, and keeps what it has meanwhile', async () => {
  const requestId = await ask(phone, ' --scope operator.pairing')
  assert.equal((await json(phone, `connect --url ${url}`)).scopes.join(), 'operator.read')

  const preview = await json(host, 'devices approve', 1)
  assert.equal(preview.selected.requestId, requestId)
  assert.equal(preview.approvalState.kind, 'scope-upgrade')
  assert.deepEqual(preview.approvalState.approved.scopes, ['operator.read'])
  assert.equal(preview.approveCommand, `openclaw devices approve ${requestId} --json`)
  assert.deepEqual(preview.requiresAuthFlags, { token: false, password: false })

  const { code, stdout } = await host.run(['devices', 'approve', requestId.slice(0, 8)])
  assert.equal(code, 0)
  assert.match(stdout, new RegExp(`^Approved [0-9a-f]{64} \\(${requestId}\\)\n$`))
  const upgraded = await json(phone, `connect --url ${url} --scope operator.pairing`)
  assert.deepEqual(upgraded.scopes, ['operator.pairing', 'operator.read'])
})

test('an operator device with pairing rights sees its own rows only', async () => {
  assert.equal((await json(phone, `devices list --url ${url}`)).paired.length, 1)
})

test('a request that was decided before is told apart from one that never was', async () => {
  const requestId = await ask(phone, ' --role node')
  assert.equal((await json(host, `devices reject ${requestId.slice(0, 9)}`)).requestId, requestId)
  const late = await host.run(['devices', 'approve', requestId, '--json'])
  assert.equal(late.code, 1)
  assert.equal(late.stdout, '')
  assert.match(
    late.stderr,
    new RegExp(`^No pending device request matches ${requestId}\\. Run openclaw devices list`),
  )
  assert.match(late.stderr, /It was decided before\.\n$/)
  const never = await host.run(['devices', 'approve', 'nope'])
  assert.equal(
    never.stderr,
    'No pending device request matches nope. Run openclaw devices list and retry with the current request ID.\n',
  )
})

test('who may not know whether a request is there is told that it is not listed, and who would know', async () => {
  const id = '11111111-1111-4111-8111-111111111111'
  const { code, stderr } = await phone.run(['devices', 'approve', id, '--url', url])
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`^No pending device request matches ${id}\\. Run openclaw devices list`))
  assert.match(stderr, /Requests of other devices are approved by an admin/)
})

test('a rotation locks nobody out, and its secret is not printed', async () => {
  const { deviceId } = (await json(host, 'devices list')).paired[0]
  const { code, stdout } = await host.run([
    'devices',
    'rotate',
    '--device',
    deviceId.slice(0, 8),
    '--role',
    'operator',
  ])
  assert.equal(code, 0)
  const { tokenDelivery, scopes } = JSON.parse(stdout)
  assert.deepEqual([tokenDelivery, scopes], ['withheld-cross-device', ['operator.pairing', 'operator.read']])

  await json(phone, `connect --url ${url}`)
  const own = await phone.run(`devices rotate --device ${deviceId} --role operator --url ${url}`.split(' '))
  assert.equal(JSON.parse(own.stdout).tokenDelivery, 'in-band')
  assert.doesNotMatch(own.stdout, /pgd_/)
  await json(phone, `connect --url ${url}`)
})

test('a device can be renamed and shown', async () => {
  const { deviceId } = (await json(host, 'devices list')).paired[0]
  const renamed = await host.run(['devices', 'rename', '--device', deviceId.slice(0, 8), '--name', 'Küche'])
  assert.equal(renamed.stdout, `Renamed ${deviceId} → Küche\n`)
  const { stdout } = await host.run(['devices', 'show', deviceId.slice(0, 8)])
  assert.match(stdout, /^Device: {6}Küche\n/)
  assert.match(stdout, /Fingerprint: (\w+ ){5}\w+\n/)
})

test('in a narrow terminal the list keeps to its width', async () => {
  const { code, stdout } = await host.run(['devices', 'list'], { COLUMNS: '48' })
  assert.equal(code, 0)
  const [paired = ''] = stdout.split('Full device IDs')
  assert.match(paired, /^Device +Küche$/m)
  for (const line of paired.split('\n')) assert.ok(line.length <= 48, line)
})

test('a revoked device is told so, and asks anew', async () => {
  const { deviceId } = (await json(host, 'devices list')).paired[0]
  const { code, stdout } = await host.run(['devices', 'revoke', '--device', deviceId, '--role', 'operator'])
  assert.equal(code, 0)
  assert.equal(JSON.parse(stdout).deviceId, deviceId)
  const { error } = await json(phone, `devices list --url ${url}`, 1)
  assert.equal(error.details.code, 'AUTH_DEVICE_TOKEN_MISMATCH')
  const anew = await phone.run(['connect', '--url', url, '--no-wait'])
  assert.equal(anew.code, 1)
  assert.match(anew.stderr, /pending approval \(requestId: /)
  await forgetAll()
})

test('of two open requests none is approved without its id', async () => {
  const other = createMachine()
  const [first, second] = [await ask(phone), await ask(other)]
  const { selected } = await json(host, 'devices approve --latest', 1)
  assert.equal(selected.requestId, second)
  assert.equal((await json(host, 'devices list')).pending.length, 2)

  const both = await host.run(['devices', 'approve', first, '--latest'])
  assert.equal(both.code, 1)
  assert.match(both.stderr, /^Pass either a request id or --latest, not both\.\n/)
  const cleared = await json(host, 'devices clear --yes --pending')
  assert.deepEqual([cleared.removedDevices, cleared.rejectedPending.sort()], [[], [first, second].sort()])
  other.remove()
})

test('an approval can give less, for a while, and under a name', async () => {
  const requestId = await ask(phone, ' --scope operator.read operator.write')
  const less = `devices approve ${requestId} --scope operator.read --expires 30d --session new --label Kitchen`
  const { device } = await json(host, less)
  assert.equal(device.operatorLabel, 'Kitchen')
  const got = await json(phone, `connect --url ${url} --scope operator.read`)
  assert.deepEqual(got.scopes, ['operator.read'])
  const left = got.expiresAtMs - device.approvedAtMs
  assert.equal(left, 30 * 86_400_000)
})

test('the status tells the running gateway', async () => {
  const status = await json(host, 'gateway status --require-rpc')
  assert.deepEqual(
    [status.ok, status.reachable, status.authMode, status.database, status.pairedDevices],
    [true, true, 'pairing', 'sqlite', 1],
  )
})

test('a removed device is cut off, gone from the list, and asks like a stranger', async () => {
  const { paired } = await json(host, 'devices list')
  const [{ deviceId }] = paired
  assert.deepEqual(await json(host, `devices remove ${deviceId.slice(0, 8)}`), { deviceId })
  assert.deepEqual((await json(host, 'devices list')).paired, [])
  const { code } = await phone.run(['call', 'status', '--url', url, '--json'])
  assert.equal(code, 1)
  await ask(phone, ' --scope operator.read')
  const { pending } = await json(host, 'devices list')
  assert.deepEqual(
    pending.map((row: { deviceId: string; isRepair: boolean }) => [row.deviceId, row.isRepair]),
    [[deviceId, false]],
  )
})

test('a second gateway on the same state does not start, and says why', async () => {
  const { code, stderr } = await host.run(['gateway', 'run', '--port', '0'])
  assert.equal(code, 1)
  assert.match(stderr, /^\S.*\n$/s)
  assert.doesNotMatch(stderr, /OPENCLAW_DEBUG/)
})

test('a secret of the command line is not in the list of processes', {
  skip: process.platform !== 'linux',
}, async () => {
  const machine = createMachine()
  const child = machine.start([
    'gateway',
    'run',
    '--port',
    '0',
    '--auth',
    'token',
    '--token',
    'hunter2hunter2',
  ])
  const whole = collect(child)
  await waitForOutput(child, /listening on/)
  assert.doesNotMatch(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'), /hunter2/)
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await whole
  assert.equal(code, 0)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
  machine.remove()
})
