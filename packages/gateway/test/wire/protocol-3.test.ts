import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ConnectOptions } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type Hello, type WireClient } from '../harness/wire-client.ts'

const TOKEN = 'a-shared-token-of-this-test'
const gateway = await openGateway({ after }, { config: { auth: { token: TOKEN } } })

/** A client of 2026.4. */
const OLD: ConnectOptions = {
  minProtocol: 3,
  maxProtocol: 3,
  client: { id: 'cli', version: '2026.4.5', mode: 'cli' },
  tamper: (draft) => {
    draft['caps'] = []
  },
}
const ADMIN = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']
const PAIRED_ROW_KEYS = [
  'approvedAtMs',
  'clientId',
  'clientMode',
  'createdAtMs',
  'deviceId',
  'platform',
  'publicKey',
  'role',
  'roles',
  'scopes',
  'tokens',
]

const keys = (value: object) => Object.keys(value).sort()

interface Row extends Record<string, unknown> {
  readonly deviceId: string
}
async function listed(client: WireClient) {
  return client.call<{ readonly pending: readonly Row[]; readonly paired: readonly Row[] }>(
    'device.pair.list',
  )
}

describe('the hello in protocol 3', () => {
  test('says what clients of 2026.4 know, and nothing else', async () => {
    const { hello } = await pair(gateway, { ...OLD, scopes: ['operator.read'] })

    assert.equal(hello.protocol, 3)
    assert.deepEqual(keys(hello), ['auth', 'features', 'policy', 'protocol', 'server', 'snapshot', 'type'])
    assert.deepEqual(keys(hello.server), ['connId', 'version'])
    assert.deepEqual(keys(hello.features), ['events', 'methods'])
    assert.deepEqual(keys(hello.auth), ['deviceToken', 'issuedAtMs', 'role', 'scopes'])
    assert.ok(!hello.features.methods.includes('device.pair.rename'))
    assert.ok(!hello.features.events.includes('device.pair.changed'))
  })

  test('tells the scopes of the token, whatever the connection asked for', async () => {
    const { device, token } = await pair(gateway, { ...OLD, scopes: ['operator.read', 'operator.write'] })
    const { hello } = await connectPaired(gateway, { ...OLD, device, token, scopes: ['operator.read'] })

    assert.deepEqual(hello.auth.scopes, ['operator.read', 'operator.write'])
  })

  test('has no extra fields for who announces pairgate-1', async () => {
    const { hello } = await pair(gateway, { ...OLD, tamper: () => undefined, extended: true })

    assert.deepEqual(keys(hello.auth), ['deviceToken', 'issuedAtMs', 'role', 'scopes'])
    assert.ok(!hello.features.methods.includes('audit.list'))
  })

  test('leaves out who is there without a device, and such a session has no scopes', async () => {
    for (const client of [OLD.client, { id: 'gateway-client', mode: 'backend' }]) {
      const session = gateway.open()
      const hello = await session.hello({
        ...OLD,
        client: client ?? {},
        scopes: ADMIN,
        auth: { token: TOKEN },
      })

      assert.ok(!('auth' in hello))
      assert.equal((await session.fail('device.pair.list')).message, 'missing scope: operator.pairing')
    }
  })
})

describe('a refusal in protocol 3', () => {
  test('to a device that has to ask is one short text, and the id is in the details', async () => {
    const client = gateway.open()
    const { error } = await client.connect({ ...OLD, device: makeDevice(), scopes: ['operator.read'] })

    const requestId = error?.details?.['requestId']
    assert.match(String(requestId), /^[0-9a-f-]{36}$/)
    assert.deepEqual(error, {
      code: 'NOT_PAIRED',
      message: 'pairing required',
      details: { code: 'PAIRING_REQUIRED', requestId, reason: 'not-paired' },
    })
    await expectClose(client, 1008, 'pairing required')
  })

  test('of a call names the missing scope in the text alone', async () => {
    const { client } = await pair(gateway, { ...OLD, scopes: ['operator.read'] })

    assert.deepEqual(await client.fail('device.pair.list'), {
      code: 'INVALID_REQUEST',
      message: 'missing scope: operator.pairing',
    })
    assert.deepEqual(await client.fail('no.such.method'), {
      code: 'INVALID_REQUEST',
      message: 'missing scope: operator.admin',
    })
  })

  test('of a token that asks for more than it has calls it a wrong token, and the client keeps it', async () => {
    const { device, token } = await pair(gateway, { ...OLD, scopes: ['operator.read'] })
    const wider = { ...OLD, device, scopes: ['operator.read', 'operator.admin'] }

    for (const auth of [{ token }, { deviceToken: token }, { token, deviceToken: token }]) {
      const { code, details } = await refusedConnect(gateway, { ...wider, auth })
      assert.deepEqual([code, details?.['code']], ['INVALID_REQUEST', 'AUTH_TOKEN_MISMATCH'])
    }
  })

  test('of a setup code asks for a fresh one', async () => {
    const auth = { bootstrapToken: 'unknown' }
    const { message, details } = await refusedConnect(gateway, { ...OLD, device: makeDevice(), auth })

    assert.equal(message, 'unauthorized: bootstrap token invalid or expired (scan a fresh setup code)')
    assert.equal(details?.['code'], 'AUTH_BOOTSTRAP_TOKEN_INVALID')
  })
})

describe('an operator in protocol 3', () => {
  test('reads rows, and the results of its calls, without fields that came later', async () => {
    const { client, device } = await pair(gateway, { ...OLD, scopes: ADMIN })
    const { requestId } = await askToPair(gateway, { ...OLD, device: makeDevice() })
    const approved = await client.call<{ readonly device: Row }>('device.pair.approve', { requestId })

    assert.deepEqual(keys(approved.device), PAIRED_ROW_KEYS)
    const own = (await listed(client)).paired.find(({ deviceId }) => deviceId === device.id)
    assert.deepEqual(keys(own ?? {}), PAIRED_ROW_KEYS)
  })

  test('reads the new token of its own device, and of no other', async () => {
    const { client, device } = await pair(gateway, { ...OLD, scopes: ADMIN })
    const other = await pair(gateway, { ...OLD, scopes: ['operator.read'] })
    const rotate = (deviceId: string) =>
      client.call<object>('device.token.rotate', { deviceId, role: 'operator' })

    assert.deepEqual(keys(await rotate(other.device.id)), ['deviceId', 'role', 'rotatedAtMs', 'scopes'])
    assert.deepEqual(keys(await rotate(device.id)), ['deviceId', 'role', 'rotatedAtMs', 'scopes', 'token'])
    await expectClose(client, 4001, 'device removed')
  })

  test('is not told what came later, and finds no gap where that would have been', async () => {
    const { client, device } = await pair(gateway, { ...OLD, scopes: ADMIN })
    const { client: newer } = await pair(gateway, { scopes: ADMIN })
    await newer.call('device.pair.rename', { deviceId: device.id, label: 'renamed' })
    await askToPair(gateway, { device: makeDevice() })
    await Promise.all([client, newer].map((each) => each.nextEvent('device.pair.requested')))

    assert.deepEqual(client.events('device.pair.changed'), [])
    assert.equal(newer.events('device.pair.changed').length, 1)
    // Of whatever else was told meanwhile too.
    const told = client.received.filter((frame) => frame.type === 'event')
    const numbers = told.map(({ seq }) => seq).filter((seq) => seq !== undefined)
    assert.deepEqual(
      numbers,
      numbers.map((_seq, at) => at + 1),
    )
  })

  test('does not find methods that came later', async () => {
    const { client, device } = await pair(gateway, { ...OLD, scopes: ADMIN })

    assert.deepEqual(await client.fail('device.pair.rename', { deviceId: device.id, label: 'x' }), {
      code: 'INVALID_REQUEST',
      message: 'unknown method: device.pair.rename',
    })
  })
})

describe('what is stricter here holds in protocol 3:', () => {
  test('a device without admin sees and manages only itself', async () => {
    const { client, device } = await pair(gateway, { ...OLD, scopes: ['operator.read', 'operator.pairing'] })
    const { requestId } = await askToPair(gateway, { ...OLD, device: makeDevice() })
    const { pending, paired } = await listed(client)

    assert.deepEqual(pending, [])
    assert.deepEqual(
      paired.map(({ deviceId }) => deviceId),
      [device.id],
    )
    const { message } = await client.fail('device.pair.approve', { requestId })
    assert.equal(message, 'device pairing approval denied')
    assert.deepEqual(client.events('device.pair.requested'), [])
  })

  test('a request keeps its id when less is asked for', async () => {
    const ask = { ...OLD, device: makeDevice(), auth: { token: TOKEN } }
    const first = await askToPair(gateway, { ...ask, scopes: ['operator.read', 'operator.pairing'] })
    const narrower = await askToPair(gateway, { ...ask, scopes: ['operator.read'] })

    assert.equal(narrower.requestId, first.requestId)
  })

  test('a revoked device has to ask, also with the shared secret from loopback', async () => {
    const { client, device, token } = await pair(gateway, { ...OLD, scopes: ['operator.read'] })
    const owner = await gateway.owner()
    await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    await expectClose(client, 4001, 'device removed')

    const dead = await refusedConnect(gateway, { ...OLD, device, auth: { token } })
    assert.deepEqual(
      [dead.details?.['code'], dead.details?.['authReason']],
      ['AUTH_TOKEN_MISMATCH', 'token_revoked'],
    )
    const { error } = await askToPair(gateway, { ...OLD, device, auth: { token: TOKEN } })
    assert.equal(error.details?.['reason'], 'role-upgrade')
  })
})

test('one device speaks both protocols side by side, each connection in its own words', async () => {
  const device = makeDevice()
  const { requestId } = await askToPair(gateway, { ...OLD, device, scopes: ['operator.read'] })
  const newer = await askToPair(gateway, { device, scopes: ['operator.read'] })
  assert.equal(newer.requestId, requestId)
  await approve(gateway, requestId)

  const hellos: Hello[] = []
  for (const protocol of [3, 4]) {
    const client = gateway.open()
    const scopes = ['operator.read']
    hellos.push(await client.hello({ device, scopes, minProtocol: protocol, maxProtocol: protocol }))
    assert.equal(
      (await client.fail('device.pair.list')).code,
      protocol === 3 ? 'INVALID_REQUEST' : 'FORBIDDEN',
    )
  }
  assert.deepEqual(
    hellos.map(({ protocol }) => protocol),
    [3, 4],
  )
  assert.equal(hellos[0]?.auth.deviceToken, hellos[1]?.auth.deviceToken)
})
