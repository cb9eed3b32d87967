import assert from 'node:assert/strict'
import { parseSetupCode } from '@pairgate/protocol'
import type { SetupCodeResult } from '@pairgate/protocol/wire'
import type { ConnectOptions } from '../harness/connect-params.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { Hello, WireClient } from '../harness/wire-client.ts'

export const SHARED = 'a-shared-token-of-the-tests'
export const CLI = { id: 'cli', mode: 'cli' }
const auth = { token: SHARED }

/** An operator of OpenClaw's command line: the shared token, no device, every scope. */
export async function openOperator(
  gateway: GatewayOfTest,
): Promise<{ readonly client: WireClient; readonly hello: Hello }> {
  const client = gateway.open()
  return { client, hello: await client.hello({ client: CLI, auth, scopes: ['operator.admin'] }) }
}

/** Everything that operators do with devices, and what the devices are told of it. */
export async function manageDevices(gateway: GatewayOfTest): Promise<void> {
  const { client: operator } = await openOperator(gateway)
  const scopes = ['operator.read', 'operator.pairing']

  const named = makeDevice()
  const ask: ConnectOptions = {
    device: named,
    auth,
    scopes,
    client: { displayName: 'Phone', deviceFamily: 'iPhone' },
  }
  const { requestId } = await askToPair(gateway, ask)
  await operator.call('device.pair.list')
  await operator.call('device.pair.approve', { requestId })
  assert.match((await operator.fail('device.pair.approve', { requestId })).message, /unknown requestId/)
  await operator.call('device.pair.rename', { deviceId: named.id, label: 'Kitchen' })
  const { client } = await pair(gateway, { auth, scopes })
  await operator.call('device.pair.list')
  await client.call('device.pair.list')
  await client.call('status')
  await client.call('health')
  await operator.call('status')

  const rejected = await askToPair(gateway, { device: makeDevice(), auth })
  await operator.call('device.pair.reject', { requestId: rejected.requestId })
  await operator.fail('device.pair.reject', { requestId: rejected.requestId })

  await manageTokens(gateway, operator, { deviceId: named.id, ask })
  await askForMore(client, operator)
  await handOutSetupCode(gateway)
  await operator.call('gateway.identity.get')
  await operator.call('system-presence')
  await operator.call('config.get')
  await client.call('system-presence')
  await client.fail('device.pair.rename', { deviceId: named.id, label: 'Mine' })
  await client.fail('device.pair.remove', { deviceId: named.id })
  await client.end()
}

/** A device asks for more over its open connection, is refused once and let have it then. */
async function askForMore(client: WireClient, operator: WireClient): Promise<void> {
  const scopes = ['operator.read', 'operator.pairing', 'operator.talk']
  for (const decide of ['device.pair.reject', 'device.pair.approve']) {
    const { requestId } = await client.call<{ requestId: string }>('device.scopes.requestUpgrade', { scopes })
    const wait = client.post('device.scopes.waitUpgrade', { requestId })
    await operator.call(decide, { requestId })
    assert.equal((await client.response(wait)).ok, true)
  }
  await client.fail('device.scopes.requestUpgrade', { scopes: ['operator.talk'] })
  await client.fail('device.scopes.waitUpgrade', { requestId: 'nobody' })
}

/** An operator hands out a setup code, and is told which device has come with it. */
async function handOutSetupCode(gateway: GatewayOfTest): Promise<void> {
  const { client: operator } = await openOperator(gateway)
  const owner = await gateway.owner()
  const params = { publicUrl: gateway.url, bootstrapProfile: 'node' }
  const { setupCode } = await owner.call<SetupCodeResult>('device.pair.setupCode', params)
  await gateway.open().hello({
    device: makeDevice(),
    client: { id: 'node-host', mode: 'node' },
    role: 'node',
    auth: { bootstrapToken: parseSetupCode(setupCode)?.bootstrapToken ?? '' },
  })
  await operator.nextEvent('device.pair.setup.completed')
}

async function manageTokens(
  gateway: GatewayOfTest,
  operator: WireClient,
  { deviceId, ask }: { readonly deviceId: string; readonly ask: ConnectOptions },
): Promise<void> {
  const role = 'operator'
  const first = gateway.open()
  const { auth: granted } = await first.hello(ask)
  const device = ask.device
  assert.ok(device && granted.deviceToken)
  const own = { device, token: granted.deviceToken, scopes: ask.scopes ?? [] }
  const { client } = await connectPaired(gateway, own)
  await client.call('device.token.rotate', { deviceId, role })
  assert.equal((await client.closed).code, 4001)
  assert.equal((await first.closed).code, 4001)

  const second = gateway.open()
  await second.hello(ask)
  await operator.call('device.token.rotate', { deviceId, role, scopes: ['operator.read'] })
  await operator.call('device.pair.list')
  await operator.call('device.token.revoke', { deviceId, role })
  await operator.fail('device.token.rotate', { deviceId, role })
  await operator.fail('device.token.revoke', { deviceId: 'nobody', role })
  await operator.call('device.pair.list')
  const upgrade = await askToPair(gateway, ask)
  assert.equal(upgrade.error.details?.['reason'], 'role-upgrade')
  await operator.call('device.pair.remove', { deviceId })
  await operator.fail('device.pair.remove', { deviceId })
}

/** Rows of devices that are not on this machine. */
export async function manageDistantDevices(gateway: GatewayOfTest): Promise<void> {
  const { client } = await pair(gateway, { scopes: ['operator.admin'] })
  const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: ['operator.read'] })
  const { payload } = await client.nextEvent('device.pair.requested')
  assert.equal(payload['remoteIp'], '127.0.0.1')
  await client.call('device.pair.list')
  await client.call('device.pair.approve', { requestId })
}

/** A node, the last admin, a device that asks too often: refusals that need a story. */
export async function meetRareRefusals(gateway: GatewayOfTest): Promise<void> {
  const node = { role: 'node', client: { id: 'node-host', mode: 'node' } }
  const { client } = await pair(gateway, { ...node, auth })
  await client.call('health')
  for (let call = 0; call <= 10; call += 1) client.post('status')
  assert.equal((await client.closed).reason, 'repeated unauthorized calls')

  const admin = await pair(gateway, { auth, scopes: ['operator.admin'] })
  const last = await admin.client.fail('device.token.revoke', { deviceId: admin.device.id, role: 'operator' })
  assert.equal(last.details?.['code'], 'LAST_ADMIN')
  await admin.client.fail('device.pair.approve', { requestId: 'nothing' })
  await connectPaired(gateway, { device: admin.device, token: admin.token, scopes: ['operator.read'] })
  const role = await refusedConnect(gateway, { ...node, device: admin.device, auth })
  assert.equal(role.details?.['reason'], 'role-upgrade')

  const reader = await pair(gateway, { auth, scopes: ['operator.read'] })
  await reader.client.fail('device.pair.list')
  await reader.client.fail('sessions.list')
  const { device, token } = reader
  await refusedConnect(gateway, { device, auth: { deviceToken: token }, scopes: ['operator.write'] })
  const wider = await askToPair(gateway, { device, auth, scopes: ['operator.write'] })
  assert.equal(wider.error.details?.['reason'], 'scope-upgrade')

  const eager = makeDevice()
  const wishes = ['operator.read', 'operator.pairing', 'operator.talk', 'operator.approvals']
  for (const scope of wishes) await askToPair(gateway, { device: eager, auth, scopes: [scope] })
  const full = await refusedConnect(gateway, { device: eager, auth, scopes: ['operator.questions'] })
  assert.equal(full.details?.['code'], 'TOO_MANY_PENDING')
}

/** One place for open requests, two wrong secrets, five requests at once. */
export const TIGHT_LIMITS = { pendingInAll: 1, failuresPerPeer: 2, requestsPerSecond: 1 }

/** What the limits say, on a gateway with tight ones. */
export async function meetLimits(gateway: GatewayOfTest): Promise<void> {
  const { client: operator } = await openOperator(gateway)
  const { requestId } = await askToPair(gateway, { device: makeDevice(), auth })
  await askToPair(gateway, { device: makeDevice(), auth })
  const gone = await operator.fail('device.pair.approve', { requestId })
  assert.equal(gone.details?.['code'], 'REQUEST_SUPERSEDED')
  for (let call = 0; call < 10; call += 1) operator.post('health')
  const soon = await operator.fail('health')
  assert.equal(soon.details?.['code'], 'TOO_MANY_REQUESTS')

  const wrong = { device: makeDevice(), auth: { token: 'wrong' } }
  for (let tries = 0; tries < 2; tries += 1) await refusedConnect(gateway, wrong)
  const locked = await refusedConnect(gateway, { ...wrong, auth })
  assert.equal(locked.details?.['code'], 'AUTH_RATE_LIMITED')
}

/** Every way in which a connect can be wrong, one socket each. */
export async function failHandshakes(gateway: GatewayOfTest): Promise<void> {
  const device = () => makeDevice()
  const refused: readonly ConnectOptions[] = [
    {},
    { auth: { token: 'wrong' } },
    { auth: { password: 'wrong' } },
    { role: 'node', auth },
    { device: device() },
    { device: device(), auth: { token: 'wrong' } },
    { device: device(), auth: { password: 'wrong' } },
    { device: device(), auth: { deviceToken: 'wrong' } },
    { device: device(), auth: { token: 'wrong', deviceToken: 'wrong' } },
    { device: device(), auth: { bootstrapToken: 'wrong' } },
    { device: device(), auth, signed: { role: 'node' } },
    { device: device(), auth, signedAt: 1 },
    { device: device(), auth, tamper: (draft) => Object.assign(draft.device ?? {}, { nonce: 'other' }) },
    { device: device(), auth, tamper: (draft) => Object.assign(draft.device ?? {}, { nonce: '  ' }) },
    { device: device(), auth, tamper: (draft) => Object.assign(draft.device ?? {}, { id: 'other' }) },
    { device: device(), auth, tamper: (draft) => Object.assign(draft.device ?? {}, { publicKey: '!' }) },
    { auth, minProtocol: 3, maxProtocol: 2 },
    { auth, role: 'admin' },
    { auth, client: { id: 'nobody' } },
    { auth, client: { id: 'openclaw-control-ui', mode: 'ui' } },
    { auth, tamper: (draft) => Object.assign(draft, { foo: 1 }) },
    { auth, tamper: (draft) => Reflect.deleteProperty(draft, 'client') },
  ]
  for (const options of refused) await refusedConnect(gateway, options)

  const impatient = gateway.open()
  await impatient.challenge
  assert.equal((await impatient.request('health')).ok, false)
  assert.equal((await impatient.closed).code, 1008)
}

/** A device whose token runs out, and one that has lost it; `pass` moves time. */
export async function loseTokens(gateway: GatewayOfTest, pass: (ms: number) => Promise<void>): Promise<void> {
  const short = await pair(gateway, { approval: { expiresInMs: 5_000 } })
  await pass(6_000)
  assert.equal((await short.client.closed).code, 4001)
  const expired = await askToPair(gateway, { device: short.device, auth: { deviceToken: short.token } })
  await approve(gateway, expired.requestId)
  await connectPaired(gateway, { device: short.device, token: short.token })

  const { device } = await pair(gateway)
  await askToPair(gateway, { device })
}

/** A request that nobody decides in time. */
export async function letRequestExpire(
  gateway: GatewayOfTest,
  pass: (ms: number) => Promise<void>,
): Promise<void> {
  const { client: operator } = await openOperator(gateway)
  const { requestId } = await askToPair(gateway, { device: makeDevice(), auth })
  await pass(301_000)
  const { payload } = await operator.nextEvent(
    'device.pair.resolved',
    (row) => row['requestId'] === requestId,
  )
  assert.equal(payload['decision'], 'rejected')
  const error = await operator.fail('device.pair.approve', { requestId })
  assert.equal(error.details?.['code'], 'REQUEST_EXPIRED')
  await operator.call('device.pair.list')
}
