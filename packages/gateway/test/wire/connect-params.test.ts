import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { CLIENT_IDS, CLIENT_MODES } from '@pairgate/protocol/wire'
import type { ConnectOptions, DraftConnect } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'

const gateway = await openGateway(
  { after },
  { config: { limits: { pendingPerDevice: 100, pendingInAll: 10_000 } } },
)

/** What a connect is told whose params are wrong. */
async function complaint(options: ConnectOptions): Promise<string> {
  const client = gateway.open()
  const { ok, error } = await client.connect(options)
  const { code, reason } = await client.closed
  assert.equal(ok, false)
  assert.equal(error?.code, 'INVALID_REQUEST')
  assert.equal(error?.details, undefined)
  assert.equal(code, 1008)
  assert.ok(error?.message.startsWith(reason) && Buffer.byteLength(reason) <= 120, reason)
  return error?.message ?? ''
}

const tampered = (tamper: (draft: DraftConnect) => void): ConnectOptions => ({ device: makeDevice(), tamper })

describe('a connect whose params do not fit', () => {
  const RECORDED: readonly [string, (draft: DraftConnect) => void][] = [
    ["at root: unexpected property 'foo'", (draft) => Object.assign(draft, { foo: 1 })],
    ["at /client: unexpected property 'foo'", ({ client }) => Object.assign(client, { foo: 1 })],
    ["at /device: unexpected property 'foo'", ({ device }) => Object.assign(device ?? {}, { foo: 1 })],
    ["at /auth: unexpected property 'foo'", (draft) => Object.assign(draft, { auth: { foo: 'x' } })],
    [
      "at /auth: unexpected property 'ownerProof'",
      (draft) => Object.assign(draft, { auth: { ownerProof: 'x' } }),
    ],
    ["must have required property 'minProtocol'", (draft) => delete draft['minProtocol']],
    ["must have required property 'maxProtocol'", (draft) => delete draft['maxProtocol']],
    ["must have required property 'client'", (draft) => Reflect.deleteProperty(draft, 'client')],
    [
      'at /client/id: must be equal to one of the allowed values',
      ({ client }) => Object.assign(client, { id: 'x' }),
    ],
    [
      'at /client/mode: must be equal to one of the allowed values',
      ({ client }) => Object.assign(client, { mode: 'x' }),
    ],
    ["at /client: must have required property 'version'", ({ client }) => delete client['version']],
    [
      'at /client/version: must not have fewer than 1 characters',
      ({ client }) => Object.assign(client, { version: '' }),
    ],
    [
      'at /client/buildId: must not have more than 96 characters',
      ({ client }) => Object.assign(client, { buildId: 'b'.repeat(97) }),
    ],
    [
      'at /client/timeZone: must not have more than 64 characters',
      ({ client }) => Object.assign(client, { timeZone: 'b'.repeat(65) }),
    ],
    [
      'at /scopes/0: must not have fewer than 1 characters',
      (draft) => Object.assign(draft, { scopes: [''] }),
    ],
    ...['id', 'publicKey', 'signature', 'signedAt', 'nonce'].map(
      (name) =>
        [
          `at /device: must have required property '${name}'`,
          (draft: DraftConnect) => delete draft.device?.[name],
        ] as [string, (draft: DraftConnect) => void],
    ),
  ]
  for (const [text, tamper] of RECORDED) {
    test(`is told "${text}"`, async () => {
      assert.equal(await complaint(tampered(tamper)), `invalid connect params: ${text}`)
    })
  }

  test('is told of all that is wrong at once', async () => {
    const message = await complaint(
      tampered((draft) => {
        delete draft.client['version']
        Object.assign(draft, { scopes: [''] })
      }),
    )
    assert.match(message, /^invalid connect params: /)
    assert.match(message, /at \/client: must have required property 'version'/)
    assert.match(message, /; /)
    assert.match(message, /at \/scopes\/0: must not have fewer than 1 characters/)
  })

  test('is refused whatever the wrong type is', async () => {
    const wrong: readonly ((draft: DraftConnect) => void)[] = [
      (draft) => Object.assign(draft, { minProtocol: '4' }),
      (draft) => Object.assign(draft, { minProtocol: 0 }),
      (draft) => Object.assign(draft, { maxProtocol: 4.5 }),
      (draft) => Object.assign(draft, { role: 1 }),
      (draft) => Object.assign(draft, { role: '' }),
      (draft) => Object.assign(draft, { scopes: 'operator.read' }),
      (draft) => Object.assign(draft, { scopes: [1] }),
      (draft) => Object.assign(draft, { client: null }),
      (draft) => Object.assign(draft, { device: null }),
      (draft) => Object.assign(draft, { device: [] }),
      (draft) => Object.assign(draft, { auth: null }),
      (draft) => Object.assign(draft, { auth: { token: 1 } }),
      (draft) => Object.assign(draft, { permissions: { camera: 'yes' } }),
      (draft) => Object.assign(draft, { caps: [''] }),
      ({ device }) => Object.assign(device ?? {}, { signedAt: -1 }),
      ({ device }) => Object.assign(device ?? {}, { signedAt: 1.5 }),
      ({ device }) => Object.assign(device ?? {}, { nonce: '' }),
    ]
    for (const tamper of wrong)
      assert.match(await complaint(tampered(tamper)), /^invalid connect params: at \//)
  })

  test('cuts a long complaint in the close reason, on a whole letter', async () => {
    const client = gateway.open()
    await client.connect(tampered((draft) => Object.assign(draft, { ['ü'.repeat(200)]: 1 })))
    const { code, reason } = await client.closed

    assert.equal(code, 1008)
    assert.ok(Buffer.byteLength(reason) <= 120 && !reason.includes('\ufffd'), reason)
  })
})

test('every field that the protocol knows is accepted', async () => {
  const { error } = await askToPair(gateway, {
    device: makeDevice(),
    client: {
      displayName: 'Desk',
      buildId: 'b'.repeat(96),
      deviceFamily: 'Desktop',
      modelIdentifier: 'X1',
      timeZone: 'Europe/Berlin',
      instanceId: 'i1',
    },
    tamper: (draft) =>
      Object.assign(draft, {
        caps: ['canvas'],
        commands: ['camera.snap'],
        permissions: { camera: true },
        pathEnv: '/usr/bin',
        locale: 'de-DE',
        userAgent: 'test/1',
        modelCatalog: { agentId: 'main' },
        computerUse: {},
        workerRuns: [],
        auth: { approvalRuntimeToken: 'x', agentRuntimeIdentityToken: 'y' },
      }),
  })
  assert.equal(error.details?.['reason'], 'not-paired')
})

test('every client id and mode of the protocol may ask, but workers', async () => {
  const device = makeDevice()
  const browsers = new Set(['openclaw-control-ui', 'webchat-ui', 'webchat'])
  for (const id of CLIENT_IDS.filter((id) => id !== 'openclaw-worker' && !browsers.has(id))) {
    await askToPair(gateway, { device, client: { id } })
  }
  for (const mode of CLIENT_MODES.filter((mode) => mode !== 'worker')) {
    await askToPair(gateway, { device, client: { mode } })
  }
})

test('a worker is closed without a reply, by role, mode or client id', async () => {
  for (const options of [
    { role: 'worker' },
    { client: { mode: 'worker' } },
    { client: { id: 'openclaw-worker' } },
  ]) {
    const client = gateway.open()
    client.connect({ device: makeDevice(), ...options }).catch(() => undefined)

    await expectClose(client, 1008, 'invalid-handshake')
    assert.equal(client.received.filter(({ type }) => type === 'res').length, 0)
  }
})

test('a role other than operator and node is invalid, with a device and without', async () => {
  for (const device of [makeDevice(), undefined]) {
    for (const role of ['admin', 'Operator', 'operator ', '__proto__']) {
      const client = gateway.open()
      const { error } = await client.connect({ role, ...(device && { device }) })

      assert.deepEqual(error, { code: 'INVALID_REQUEST', message: 'invalid role' })
      await expectClose(client, 1008, 'invalid role')
    }
  }
})

describe('the protocol range', () => {
  const IN_4 = 'pairing required: device is not approved yet'
  const IN_3 = 'pairing required'
  const device = makeDevice()
  const mismatch = async (minProtocol: number, maxProtocol: number, options: ConnectOptions = {}) => {
    const client = gateway.open()
    const { error } = await client.connect({ device, minProtocol, maxProtocol, ...options })
    assert.deepEqual(error, {
      code: 'INVALID_REQUEST',
      message: 'protocol mismatch',
      details: {
        code: 'PROTOCOL_MISMATCH',
        clientMinProtocol: minProtocol,
        clientMaxProtocol: maxProtocol,
        expectedProtocol: 4,
        minimumProbeProtocol: 3,
      },
    })
    await expectClose(client, 1002, 'protocol mismatch')
  }
  const fits = (minProtocol: number, maxProtocol: number, options: ConnectOptions = {}) =>
    askToPair(gateway, { device, minProtocol, maxProtocol, ...options })

  test('must hold 3 or 4 for everybody', async () => {
    await fits(4, 4)
    await fits(1, 4)
    await fits(4, 99)
    await fits(3, 3)
    await mismatch(5, 9)
    await mismatch(1, 2)
    await mismatch(4, 3)
  })

  test('of a probe may end below 4, and it is answered in 4', async () => {
    const probe = { client: { id: 'openclaw-probe', mode: 'probe' } }
    assert.equal((await fits(3, 3, probe)).error.message, IN_4)
    assert.equal((await fits(1, 3, probe)).error.message, IN_4)
    await mismatch(1, 2, probe)
    await mismatch(5, 5, probe)
  })

  test('of a node in node mode may end below 4, and it is answered in 4; who is half a node is not', async () => {
    const node = { role: 'node', client: { id: 'node-host', mode: 'node' } }
    assert.equal((await fits(3, 3, node)).error.message, IN_4)
    await mismatch(1, 2, node)
    assert.equal((await fits(3, 3, { role: 'node' })).error.message, IN_3)
    assert.equal((await fits(3, 3, { client: node.client })).error.message, IN_3)
  })

  test('is judged before the role, so an old client is told to update first', async () => {
    await mismatch(1, 2, { role: 'admin' })
  })
})

test('a page that names itself the console must bring its origin (T01)', async () => {
  for (const id of ['openclaw-control-ui', 'webchat-ui', 'webchat']) {
    const client = gateway.open()
    const { error } = await client.connect({ device: makeDevice(), client: { id } })

    const message =
      'origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)'
    assert.deepEqual(error, {
      code: 'INVALID_REQUEST',
      message,
      details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin missing or invalid' },
    })
    await expectClose(client, 1008, message)

    const own = gateway.open({ headers: { origin: `http://127.0.0.1:${gateway.port}` } })
    const asked = await own.connect({ device: makeDevice(), client: { id } })
    assert.equal(asked.error?.details?.['code'], 'PAIRING_REQUIRED')
  }
})

test('scopes are trimmed and told once, but signed as they were sent', async () => {
  const owner = await gateway.owner()
  const device = makeDevice()
  const scopes = [' operator.write', 'operator.read', 'operator.read ', 'operator.write']
  const { requestId, error } = await askToPair(gateway, { device, scopes })

  const { payload } = await owner.nextEvent('device.pair.requested', (row) => row['requestId'] === requestId)
  assert.deepEqual(payload['scopes'], ['operator.write', 'operator.read'])
  assert.deepEqual(error.details?.['requestedScopes'], ['operator.write', 'operator.read'])
})

test('a scope that does not exist is never shown and never granted', async () => {
  const owner = await gateway.owner()
  const scopes = ['operator.read', 'operator.root', 'admin', '__proto__', 'constructor']
  const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes })
  const { payload } = await owner.nextEvent('device.pair.requested', (row) => row['requestId'] === requestId)

  assert.deepEqual(payload['scopes'], ['operator.read'])
})

test('empty credentials count as absent', async () => {
  const auth = { token: '', deviceToken: '', bootstrapToken: '', password: '' }
  const { error } = await askToPair(gateway, { device: makeDevice(), auth })
  assert.equal(error.details?.['reason'], 'not-paired')

  const deviceless = await refusedConnect(gateway, { auth })
  assert.equal(deviceless.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
})
