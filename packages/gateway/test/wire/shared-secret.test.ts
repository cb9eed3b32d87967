import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { OpenOptions } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway(
  { after },
  {
    config: {
      auth: { token: TOKEN },
      controlUi: { allowedOrigins: ['https://console.example'] },
      limits: { pendingPerDevice: 100, pendingInAll: 10_000 },
    },
  },
)
const proxied = await openGateway(
  { after },
  { config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'] } },
)
const none = await openGateway({ after }, { config: { auth: { mode: 'none' } } })
const auth = { token: TOKEN }
const scopes = ['operator.read', 'operator.admin']

async function scopesOf(client: Record<string, string>, open: OpenOptions = {}, from = gateway) {
  const { auth: granted } = await from.open(open).hello({ client, auth, scopes })
  assert.equal(granted.deviceToken, undefined)
  return granted.scopes
}

describe('the shared secret without a device', () => {
  test('keeps the scopes of the CLI and of a backend on direct loopback', async () => {
    assert.deepEqual(await scopesOf({ id: 'cli', mode: 'cli' }), scopes)
    assert.deepEqual(await scopesOf({ id: 'gateway-client', mode: 'backend' }), scopes)
  })

  test('gives every other client a session without scopes', async () => {
    for (const client of [
      { id: 'cli', mode: 'backend' },
      { id: 'cli', mode: 'ui' },
      { id: 'gateway-client', mode: 'cli' },
      { id: 'openclaw-tui', mode: 'cli' },
      { id: 'test', mode: 'test' },
    ]) {
      assert.deepEqual(await scopesOf(client), [])
    }
  })

  test('gives no scopes to who comes through a proxy, even a trusted one (T06)', async () => {
    for (const headers of [{ 'x-forwarded-for': '192.0.2.7' }, { 'x-forwarded-for': '127.0.0.1' }, {}]) {
      assert.deepEqual(await scopesOf({ id: 'cli', mode: 'cli' }, { headers }, proxied), [])
    }
  })

  test('gives no scopes to who calls the loopback by a name that is not its own (T08)', async () => {
    const headers = { host: `192.0.2.1:${gateway.port}` }
    assert.deepEqual(await scopesOf({ id: 'cli', mode: 'cli' }, { headers }), [])
  })

  test('gives no scopes to a browser page, even one that may connect (T09)', async () => {
    for (const origin of [`http://127.0.0.1:${gateway.port}`, 'https://console.example']) {
      assert.deepEqual(await scopesOf({ id: 'cli', mode: 'cli' }, { headers: { origin } }), [])
    }
  })

  test('opens no node session', async () => {
    const client = gateway.open()
    const { error } = await client.connect({ role: 'node', auth, client: { id: 'cli', mode: 'cli' } })
    assert.equal(error?.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
  })

  test('is not self-scoped: it sees every device', async () => {
    const { device } = await pair(gateway)
    const client = gateway.open()
    await client.hello({ client: { id: 'cli', mode: 'cli' }, auth, scopes: ['operator.pairing'] })
    const { paired } = await client.call<{ paired: { deviceId: string }[] }>('device.pair.list')

    assert.ok(paired.some(({ deviceId }) => deviceId === device.id))
  })

  test('gives only the scopes that were asked for', async () => {
    const client = gateway.open()
    const hello = await client.hello({
      client: { id: 'cli', mode: 'cli' },
      auth,
      scopes: ['operator.read', 'made.up'],
    })

    assert.deepEqual(hello.auth.scopes, ['operator.read'])
    assert.equal((await client.fail('device.pair.list')).details?.['code'], 'MISSING_SCOPE')
  })
})

describe('the shared secret with a device', () => {
  test('files a request for an unpaired device, on loopback too (T06, T09)', async () => {
    for (const client of [
      { id: 'cli', mode: 'cli' },
      { id: 'gateway-client', mode: 'backend' },
    ]) {
      const { error } = await askToPair(gateway, { device: makeDevice(), client, auth, scopes })
      assert.equal(error.details?.['reason'], 'not-paired')
    }
  })

  test('lets a paired device in, within what was approved', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.read'] })
    const hello = await gateway.open().hello({ device, auth, scopes: ['operator.read'], extended: true })

    assert.equal(hello.auth.method, 'token')
    assert.equal(hello.auth.deviceToken, token)
    assert.deepEqual(hello.auth.scopes, ['operator.read'])
  })

  test('asks for an upgrade when it wants more than was approved, and keeps what it has (T21)', async () => {
    const { device, token, client } = await pair(gateway, { scopes: ['operator.read'] })
    const wider = ['operator.read', 'operator.write']
    const { requestId, error } = await askToPair(gateway, { device, auth, scopes: wider })

    assert.equal(error.message, 'pairing required: device is asking for more scopes than currently approved')
    assert.deepEqual(error.details, {
      code: 'PAIRING_REQUIRED',
      reason: 'scope-upgrade',
      requestId,
      remediationHint: 'Review the requested scopes, then approve the pending upgrade.',
      deviceId: device.id,
      requestedRole: 'operator',
      requestedScopes: wider,
      approvedRoles: ['operator'],
      approvedScopes: ['operator.read'],
    })
    assert.equal((await client.request('status')).ok, true)
    await gateway.open().hello({ device, auth: { deviceToken: token }, scopes: ['operator.read'] })

    await approve(gateway, requestId)
    const upgraded = await gateway.open().hello({ device, auth: { deviceToken: token }, scopes: wider })
    assert.equal(upgraded.auth.deviceToken, token)
    assert.deepEqual(upgraded.auth.scopes, wider)
  })

  test('is self-scoped all the same: it manages only itself (T17)', async () => {
    const other = await pair(gateway)
    const { device } = await pair(gateway, { scopes: ['operator.pairing'] })
    const client = gateway.open()
    await client.hello({ device, auth, scopes: ['operator.pairing'], client: { id: 'cli', mode: 'cli' } })
    const { paired } = await client.call<{ paired: { deviceId: string }[] }>('device.pair.list')

    assert.deepEqual(
      paired.map(({ deviceId }) => deviceId),
      [device.id],
    )
    const error = await client.fail('device.pair.remove', { deviceId: other.device.id })
    assert.equal(error.message, 'device pairing removal denied')
  })

  test('gets no new secret in-band: only the token itself does (T18)', async () => {
    const { device } = await pair(gateway, { scopes: ['operator.pairing'] })
    const client = gateway.open()
    await client.hello({ device, auth, scopes: ['operator.pairing'] })
    const rotated = await client.call<Record<string, unknown>>('device.token.rotate', {
      deviceId: device.id,
      role: 'operator',
    })
    assert.equal(rotated['tokenDelivery'], 'withheld-cross-device')
    assert.equal(rotated['token'], undefined)
  })
})

describe('mode none', () => {
  test('lets a backend of this machine in without a device, and keeps its scopes', async () => {
    const hello = await none.open().hello({ client: { id: 'gateway-client', mode: 'backend' }, scopes })
    assert.deepEqual(hello.auth.scopes, scopes)
  })

  test('does not let the CLI in without a device', async () => {
    const { error } = await none.open().connect({ client: { id: 'cli', mode: 'cli' }, scopes })
    assert.equal(error?.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
  })

  test('makes who is not directly on loopback ask like everybody else (T40)', async () => {
    const headers = { host: `192.0.2.1:${none.port}` }
    const device = makeDevice()
    const client = none.open({ headers })
    const { error } = await client.connect({ device, scopes })
    assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED')

    const backend = none.open({ headers })
    const refused = await backend.connect({ client: { id: 'gateway-client', mode: 'backend' }, scopes })
    assert.equal(refused.error?.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')

    const page = none.open({ headers: { origin: `http://127.0.0.1:${none.port}` } })
    const asked = await page.connect({ device: makeDevice(), scopes })
    assert.equal(asked.error?.details?.['code'], 'PAIRING_REQUIRED')
  })

  test('makes a device that was revoked or removed ask again (T23, T25)', async () => {
    const owner = await none.owner()
    for (const method of ['device.token.revoke', 'device.pair.remove']) {
      const device = makeDevice()
      const far = none.open({ headers: { host: `192.0.2.1:${none.port}` } })
      const { error } = await far.connect({ device, scopes: ['operator.read'] })
      await approve(none, String(error?.details?.['requestId']))
      const params = { deviceId: device.id, ...(method.includes('token') && { role: 'operator' }) }
      await owner.call(method, params)

      await askToPair(none, { device, scopes: ['operator.read'] })
    }
  })
})

describe('the header x-openclaw-scopes', () => {
  const client = { id: 'cli', mode: 'cli' }
  const capped = async (cap: string, asked: readonly string[]) => {
    const socket = gateway.open({ headers: { 'x-openclaw-scopes': cap } })
    return (await socket.hello({ client, auth, scopes: asked })).auth.scopes
  }

  test('caps the scopes of a session, and never adds one (T30)', async () => {
    assert.deepEqual(await capped('operator.read', ['operator.read', 'operator.write']), ['operator.read'])
    assert.deepEqual(await capped('operator.read, operator.pairing', ['operator.pairing']), [
      'operator.pairing',
    ])
    assert.deepEqual(await capped('operator.admin', ['operator.read']), ['operator.read'])
    assert.deepEqual(await capped('operator.read', ['operator.admin']), ['operator.read'])
    assert.deepEqual(await capped('operator.approvals', ['operator.write']), [])
    assert.deepEqual(await capped('made.up', ['operator.read']), [])
  })

  test('leaves no scope when it is present and empty', async () => {
    assert.deepEqual(await capped('', ['operator.admin']), [])
    assert.deepEqual(await capped(' , ,', ['operator.admin']), [])
  })

  test('caps a device too', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.read', 'operator.pairing'] })
    const socket = gateway.open({ headers: { 'x-openclaw-scopes': 'operator.read' } })
    const asked = ['operator.read', 'operator.pairing']
    const hello = await socket.hello({ device, auth: { deviceToken: token }, scopes: asked })
    assert.deepEqual(hello.auth.scopes, ['operator.read'])
    assert.equal((await socket.fail('device.pair.list')).details?.['code'], 'MISSING_SCOPE')
  })
})
