import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { METHODS, type MethodName } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway(
  { after },
  { config: { auth: { token: TOKEN, password: 'the-shared-password' }, limits: { pendingInAll: 10_000 } } },
)

/** A session without a device and with these scopes. */
async function session(...scopes: string[]): Promise<WireClient> {
  const client = gateway.open()
  const us = { client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN }, extended: true }
  await client.hello({ ...us, scopes })
  return client
}

const id = 'a'.repeat(64)
/** For each method: params that fit, and params that do not, with the complaint. */
const PARAMS: Readonly<
  Record<MethodName, { readonly good: object; readonly bad: readonly [unknown, string][] }>
> = {
  health: {
    good: { probe: true },
    bad: [[{ probe: 'yes' }, 'at /probe: must be boolean']],
  },
  status: {
    good: { includeChannelSummary: false },
    bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]],
  },
  'config.get': { good: {}, bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]] },
  'config.reload': { good: {}, bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]] },
  'device.pair.list': {
    good: {},
    bad: [
      [{ foo: 1 }, "at root: unexpected property 'foo'"],
      [[], 'at root: must be object'],
      ['text', 'at root: must be object'],
      [7, 'at root: must be object'],
    ],
  },
  'device.pair.approve': {
    good: { requestId: 'nobody' },
    bad: [
      [{}, "must have required property 'requestId'"],
      [{ requestId: '' }, 'at /requestId: must not have fewer than 1 characters'],
      [{ requestId: 1 }, 'at /requestId: must be string'],
      [{ requestId: 'x', foo: 1 }, "at root: unexpected property 'foo'"],
      [{ requestId: 'x', scopes: 'operator.read' }, 'at /scopes: must be array'],
      [{ requestId: 'x', scopes: [''] }, 'at /scopes/0: must not have fewer than 1 characters'],
      [{ requestId: 'x', expiresInMs: 999 }, 'at /expiresInMs: must be >= 1000'],
      [{ requestId: 'x', expiresInMs: 1_000.5 }, 'at /expiresInMs: must be either integer or null'],
      [{ requestId: 'x', label: 'l'.repeat(65) }, 'at /label: must not have more than 64 characters'],
      [{ requestId: 'x', digest: 'short' }, 'at /digest: must not have fewer than 64 characters'],
      [{ requestId: 'x', session: '' }, 'at /session: must not have fewer than 1 characters'],
    ],
  },
  'device.pair.reject': {
    good: { requestId: 'nobody' },
    bad: [
      [{}, "must have required property 'requestId'"],
      [{ requestId: 'x', foo: 1 }, "at root: unexpected property 'foo'"],
    ],
  },
  'device.pair.remove': {
    good: { deviceId: id },
    bad: [
      [{}, "must have required property 'deviceId'"],
      [{ deviceId: null }, 'at /deviceId: must be string'],
    ],
  },
  'device.pair.rename': {
    good: { deviceId: id, label: 'Desk' },
    bad: [
      [{ deviceId: id }, "must have required property 'label'"],
      [{ deviceId: id, label: '' }, 'at /label: must not have fewer than 1 characters'],
      [{ deviceId: id, label: 'l'.repeat(65) }, 'at /label: must not have more than 64 characters'],
    ],
  },
  'device.pair.invite': {
    good: {
      role: 'operator',
      scopes: ['operator.pairing'],
      session: 'new',
      tokenTtlMs: 60_000,
      label: 'Desk',
      ttlMs: 60_000,
      confirm: true,
      withCode: false,
    },
    bad: [
      [{ role: 'worker' }, 'at /role: must be equal to one of the allowed values'],
      [{ scopes: 'operator.read' }, 'at /scopes: must be array'],
      [{ ttlMs: 9_999 }, 'at /ttlMs: must be >= 10000'],
      [{ ttlMs: 86_400_001 }, 'at /ttlMs: must be <= 86400000'],
      [{ tokenTtlMs: 999 }, 'at /tokenTtlMs: must be >= 1000'],
      [{ label: 'l'.repeat(65) }, 'at /label: must not have more than 64 characters'],
      [{ confirm: 'yes' }, 'at /confirm: must be boolean'],
      [{ code: '123456' }, "at root: unexpected property 'code'"],
    ],
  },
  'device.pair.invitations': { good: {}, bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]] },
  'device.pair.cancelInvitation': {
    good: { id: 'nobody' },
    bad: [
      [{}, "must have required property 'id'"],
      [{ id: 7 }, 'at /id: must be string'],
    ],
  },
  'device.pair.confirm': {
    good: { id: 'nobody', requestId: 'nobody' },
    bad: [
      [{}, "must have required property 'id'"],
      [{ id: 'x', requestId: '' }, 'at /requestId: must not have fewer than 1 characters'],
      [{ id: 'x', scopes: [] }, "at root: unexpected property 'scopes'"],
    ],
  },
  'device.pair.setupCode': {
    good: { publicUrl: 'wss://gateway.example', includeQr: false, bootstrapProfile: 'node', joinUrl: true },
    bad: [
      [{ publicUrl: '' }, 'at /publicUrl: must not have fewer than 1 characters'],
      [{ includeQr: 'yes' }, 'at /includeQr: must be boolean'],
      [{ preferRemoteUrl: 1 }, 'at /preferRemoteUrl: must be boolean'],
      [{ bootstrapProfile: 'full' }, 'at /bootstrapProfile: must be equal to one of the allowed values'],
      [{ joinUrl: false }, 'at /joinUrl: must be equal to constant'],
      [{ foo: 1 }, "at root: unexpected property 'foo'"],
    ],
  },
  'device.pair.setupStatus': {
    good: { setupId: 'nobody' },
    bad: [
      [{}, "must have required property 'setupId'"],
      [{ setupId: 'x', foo: 1 }, "at root: unexpected property 'foo'"],
    ],
  },
  'device.pair.claimCode': { good: {}, bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]] },
  'device.token.rotate': {
    good: { deviceId: id, role: 'operator' },
    bad: [
      [{ deviceId: id }, "must have required property 'role'"],
      [{ deviceId: id, role: 'operator', scopes: [1] }, 'at /scopes/0: must be string'],
      [{ deviceId: id, role: 'operator', token: 'x' }, "at root: unexpected property 'token'"],
    ],
  },
  'device.token.revoke': {
    good: { deviceId: id, role: 'operator' },
    bad: [
      [{ role: 'operator' }, "must have required property 'deviceId'"],
      [{ deviceId: id, role: 'operator', scopes: [] }, "at root: unexpected property 'scopes'"],
      [{ deviceId: id, role: 'operator', cascade: 'yes' }, 'at /cascade: must be boolean'],
    ],
  },
  'device.token.extend': {
    good: { deviceId: id, role: 'operator', expiresInMs: null },
    bad: [
      [{ deviceId: id, role: 'operator' }, "must have required property 'expiresInMs'"],
      [
        { deviceId: id, role: 'operator', expiresInMs: null, scopes: [] },
        "at root: unexpected property 'scopes'",
      ],
    ],
  },
  'device.token.move': {
    good: { deviceId: id, role: 'operator', session: 'new' },
    bad: [
      [{ deviceId: id, role: 'operator' }, "must have required property 'session'"],
      [{ deviceId: id, role: 'operator', session: '' }, 'at /session: must not have fewer than 1 characters'],
    ],
  },
  'device.token.access': {
    good: { ttlMs: 60_000, audience: 'https://app.example', scopes: ['operator.read'] },
    bad: [
      [{ ttlMs: 999 }, 'at /ttlMs: must be >= 1000'],
      [{ ttlMs: 3_600_001 }, 'at /ttlMs: must be <= 3600000'],
      [{ audience: '' }, 'at /audience: must not have fewer than 1 characters'],
      [{ scopes: 'operator.read' }, 'at /scopes: must be array'],
      [{ deviceId: id }, "at root: unexpected property 'deviceId'"],
    ],
  },
  'apps.ticket': {
    good: { return: 'http://127.0.0.1:18790/app/', state: 'a'.repeat(64) },
    bad: [
      [{ return: 'http://127.0.0.1:18790/app/' }, "must have required property 'state'"],
      [{ state: 'a'.repeat(64) }, "must have required property 'return'"],
      [{ return: '', state: 'a' }, 'at /return: must not have fewer than 1 characters'],
      [{ return: 'x', state: 'a'.repeat(129) }, 'at /state: must not have more than 128 characters'],
    ],
  },
  'device.scopes.requestUpgrade': {
    good: { scopes: ['operator.read'] },
    bad: [
      [{}, "must have required property 'scopes'"],
      [{ scopes: [] }, 'at /scopes: must not have fewer than 1 items'],
      [{ scopes: ['a', 'a'] }, 'at /scopes: must not have duplicate items'],
      [{ scopes: [...'abcdefghi'] }, 'at /scopes: must not have more than 8 items'],
      [{ scopes: ['x'], role: 'operator' }, "at root: unexpected property 'role'"],
    ],
  },
  'device.scopes.waitUpgrade': {
    good: { requestId: 'nobody' },
    bad: [
      [{}, "must have required property 'requestId'"],
      [{ requestId: 'x', timeoutMs: 1 }, "at root: unexpected property 'timeoutMs'"],
    ],
  },
  'system-presence': {
    good: {},
    bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]],
  },
  'gateway.identity.get': {
    good: {},
    bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]],
  },
  'audit.list': {
    good: { limit: 500, before: 7, deviceId: id, kind: 'token-revoked', sinceMs: 0, untilMs: 7 },
    bad: [
      [{ limit: 0 }, 'at /limit: must be >= 1'],
      [{ limit: 501 }, 'at /limit: must be <= 500'],
      [{ limit: 1.5 }, 'at /limit: must be integer'],
      [{ before: 0 }, 'at /before: must be >= 1'],
      [{ before: '7' }, 'at /before: must be integer'],
      [{ deviceId: 7 }, 'at /deviceId: must be string'],
      [{ kind: '' }, 'at /kind: must not have fewer than 1 characters'],
      [{ sinceMs: -1 }, 'at /sinceMs: must be >= 0'],
      [{ untilMs: 1.5 }, 'at /untilMs: must be integer'],
      [{ after: 7 }, "at root: unexpected property 'after'"],
    ],
  },
  'audit.feed': {
    good: { limit: 500 },
    bad: [
      [{ limit: 0 }, 'at /limit: must be >= 1'],
      [{ limit: 501 }, 'at /limit: must be <= 500'],
      [{ kind: 'x' }, "at root: unexpected property 'kind'"],
    ],
  },
  'audit.erase': {
    good: { deviceId: id, before: 7, preview: true },
    bad: [
      [{ deviceId: 7 }, 'at /deviceId: must be string'],
      [{ before: 0 }, 'at /before: must be >= 1'],
      [{ before: '2026-01-01' }, 'at /before: must be integer'],
      [{ preview: 1 }, 'at /preview: must be boolean'],
      [{ seq: 7 }, "at root: unexpected property 'seq'"],
    ],
  },
  'audit.prune': {
    good: { before: 7, beforeSeq: 7, preview: true },
    bad: [
      [{ before: 0 }, 'at /before: must be >= 1'],
      [{ beforeSeq: 1.5 }, 'at /beforeSeq: must be integer'],
      [{ preview: 'yes' }, 'at /preview: must be boolean'],
      [{ deviceId: id }, "at root: unexpected property 'deviceId'"],
    ],
  },
  'sessions.list': {
    good: { limit: 1_000 },
    bad: [
      [{ limit: 0 }, 'at /limit: must be >= 1'],
      [{ limit: 1_001 }, 'at /limit: must be <= 1000'],
      [{ sessionKey: 'x' }, "at root: unexpected property 'sessionKey'"],
    ],
  },
  'sessions.resolve': {
    good: { key: 'main', sessionId: 'x' },
    bad: [
      [{ key: '' }, 'at /key: must not have fewer than 1 characters'],
      [{ sessionId: 7 }, 'at /sessionId: must be string'],
      [{ sessionKey: 'x' }, "at root: unexpected property 'sessionKey'"],
    ],
  },
  'sessions.create': {
    good: { key: 'kitchen', label: 'Kitchen' },
    bad: [
      [{}, "must have required property 'key'"],
      [{ key: 'x'.repeat(129) }, 'at /key: must not have more than 128 characters'],
      [{ key: 'x', label: '' }, 'at /label: must not have fewer than 1 characters'],
      [{ key: 'x', sessionId: 'y' }, "at root: unexpected property 'sessionId'"],
    ],
  },
  'sessions.patch': {
    good: { key: 'nobody', newKey: 'somebody', label: null },
    bad: [
      [{ newKey: 'x' }, "must have required property 'key'"],
      [{ key: 'x', newKey: '' }, 'at /newKey: must not have fewer than 1 characters'],
      [{ key: 'x', thinkingLevel: 'y' }, "at root: unexpected property 'thinkingLevel'"],
    ],
  },
  'sessions.delete': {
    good: { key: 'nobody', revokeTokens: false },
    bad: [
      [{}, "must have required property 'key'"],
      [{ key: 'x', revokeTokens: 1 }, 'at /revokeTokens: must be boolean'],
      [{ key: 'x', deleteTranscript: true }, "at root: unexpected property 'deleteTranscript'"],
    ],
  },
  'chat.send': {
    good: { sessionKey: 'main', message: 'hello', idempotencyKey: 'k' },
    bad: [
      [{ idempotencyKey: 'k' }, "must have required property 'message'"],
      [{ message: 'x' }, "must have required property 'idempotencyKey'"],
      [{ message: '', idempotencyKey: 'k' }, 'at /message: must not have fewer than 1 characters'],
      [{ message: 'x', idempotencyKey: 'a b' }, 'at /idempotencyKey: must match pattern "^[!-~]*$"'],
      [{ message: 'x', idempotencyKey: 'k', role: 'assistant' }, "at root: unexpected property 'role'"],
    ],
  },
  'chat.history': {
    good: { limit: 200, before: 7, after: 0 },
    bad: [
      [{ limit: 201 }, 'at /limit: must be <= 200'],
      [{ before: -1 }, 'at /before: must be >= 0'],
      [{ after: 1.5 }, 'at /after: must be integer'],
      [{ sessionId: 'x' }, "at root: unexpected property 'sessionId'"],
    ],
  },
  'device.history': {
    good: { deviceId: id, limit: 200, cursor: 'x' },
    bad: [
      [{}, "must have required property 'deviceId'"],
      [{ deviceId: id, limit: 201 }, 'at /limit: must be <= 200'],
      [{ deviceId: id, cursor: '' }, 'at /cursor: must not have fewer than 1 characters'],
      [{ deviceId: id, before: 7 }, "at root: unexpected property 'before'"],
    ],
  },
  'device.page': {
    good: {
      search: 'desk',
      state: 'live',
      connected: true,
      role: 'node',
      session: 'main',
      sort: 'seen',
      order: 'desc',
      limit: 200,
      cursor: 'x',
    },
    bad: [
      [{ search: 'a\u0000' }, 'at /search: must match pattern "^[^\\u0000-\\u001f\\u007f]*$"'],
      [{ search: 'x'.repeat(129) }, 'at /search: must not have more than 128 characters'],
      [{ state: 'gone' }, 'at /state: must be equal to one of the allowed values'],
      [{ connected: 'yes' }, 'at /connected: must be boolean'],
      [{ role: 'worker' }, 'at /role: must be equal to one of the allowed values'],
      [{ session: '' }, 'at /session: must not have fewer than 1 characters'],
      [{ sort: 'public_key' }, 'at /sort: must be equal to one of the allowed values'],
      [{ order: 'down' }, 'at /order: must be equal to one of the allowed values'],
      [{ limit: 201 }, 'at /limit: must be <= 200'],
      [{ limit: 0 }, 'at /limit: must be >= 1'],
      [{ cursor: '' }, 'at /cursor: must not have fewer than 1 characters'],
      [{ offset: 7 }, "at root: unexpected property 'offset'"],
    ],
  },
  'migrate.status': { good: {}, bad: [[{ foo: 1 }, "at root: unexpected property 'foo'"]] },
  'gateway.figures': {
    good: { minutes: 1_440, step: 10 },
    bad: [
      [{ minutes: 1_441 }, 'at /minutes: must be <= 1440'],
      [{ step: 0 }, 'at /step: must be >= 1'],
      [{ hours: 1 }, "at root: unexpected property 'hours'"],
    ],
  },
  'device.pending': { good: {}, bad: [[{ limit: 1 }, "at root: unexpected property 'limit'"]] },
  'audit.verify': {
    good: {},
    bad: [[{ from: 1 }, "at root: unexpected property 'from'"]],
  },
}

for (const [method, { good, bad }] of Object.entries(PARAMS)) {
  const { scope } = METHODS[method as MethodName]
  describe(method, () => {
    test('takes params that fit', async () => {
      const client = await session('operator.admin')
      const { error } = await client.request(method, good)
      assert.doesNotMatch(error?.message ?? '', /params/)
    })

    test('says what is wrong with params that do not fit', async () => {
      const client = await session('operator.admin')
      for (const [params, complaint] of bad) {
        const message = `invalid ${method} params: ${complaint}`
        assert.deepEqual(await client.fail(method, params), { code: 'INVALID_REQUEST', message })
      }
    })

    if (scope !== 'none') {
      test('needs its scope, and asks for it before it looks at the params', async () => {
        const others = [
          'operator.approvals',
          'operator.talk.secrets',
          ...(scope === 'operator.pairing' ? ['operator.write'] : []),
        ]
        for (const client of [await session(), await session(...others)]) {
          for (const params of [good, ...bad.map(([each]) => each)]) {
            assert.deepEqual(await client.fail(method, params), {
              code: 'FORBIDDEN',
              message: `missing scope: ${scope}`,
              details: { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] },
            })
          }
        }
        const { error } = await (await session(scope)).request(method, good)
        assert.notEqual(error?.code, 'FORBIDDEN')
      })
    }
  })
}

test('admin and write bring along the scopes that they imply', async () => {
  assert.equal((await (await session('operator.admin')).request('device.pair.list')).ok, true)
  assert.equal((await (await session('operator.write')).request('status')).ok, true)
  assert.equal((await (await session('operator.pairing')).fail('status')).code, 'FORBIDDEN')
})

test('a method that does not exist is unknown to an admin, and a missing scope to everybody else', async () => {
  const names = [
    'no.such.method',
    'config.set',
    'node.pair.list',
    '__proto__',
    'constructor',
    'toString',
    'Health',
    ' health',
  ]
  for (const name of names) {
    assert.deepEqual(await (await session('operator.admin')).fail(name), {
      code: 'INVALID_REQUEST',
      message: `unknown method: ${name}`,
    })
    const { code, details } = await (await session('operator.pairing', 'operator.write')).fail(name)
    assert.equal(code, 'FORBIDDEN')
    assert.equal(details?.['missingScope'], 'operator.admin')
  }
})

test('the hello names exactly the methods and events that there are', async () => {
  const { features } = await gateway.open().hello({ auth: { token: TOKEN }, extended: true })
  const unlisted = ['device.pair.setupCode', 'device.pair.setupStatus']
  assert.deepEqual([...features.methods, ...unlisted].sort(), Object.keys(PARAMS).sort())
  assert.deepEqual([...features.events].sort(), [
    'chat',
    'connect.challenge',
    'device.pair.changed',
    'device.pair.due',
    'device.pair.guessing',
    'device.pair.invitation',
    'device.pair.requested',
    'device.pair.resolved',
    'device.pair.setup.completed',
    'device.presence',
    'presence',
    'shutdown',
    'tick',
  ])
})

test('methods whose names mean something else to OpenClaw are not there for its clients', async () => {
  const client = gateway.open()
  const cli = { client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN } }
  const { features } = await client.hello({ ...cli, scopes: ['operator.admin'] })
  for (const method of ['audit.list', 'audit.verify']) {
    assert.equal(features.methods.includes(method), false)
    assert.deepEqual(await client.fail(method), {
      code: 'INVALID_REQUEST',
      message: `unknown method: ${method}`,
    })
  }
})

describe('a node', () => {
  test('may ask for health and for nothing else', async () => {
    const { client } = await pair(gateway, { role: 'node' })
    assert.equal((await client.request('health')).ok, true)
    const others = [...Object.keys(PARAMS).filter((name) => name !== 'health'), 'no.such.method']
    for (const method of others.slice(0, 9)) {
      assert.deepEqual(await client.fail(method, {}), {
        code: 'INVALID_REQUEST',
        message: 'unauthorized role: node',
      })
    }
  })

  test('that goes on calling what it may not is closed after ten refusals', async () => {
    const { client } = await pair(gateway, { role: 'node' })
    for (let i = 0; i < 10; i += 1) {
      assert.equal((await client.fail('device.pair.list')).message, 'unauthorized role: node')
      if (i % 3 === 0) await client.call('health')
    }
    client.post('device.pair.list')
    await expectClose(client, 1008, 'repeated unauthorized calls')
  })

  test('that calls methods that do not exist is counted all the same', async () => {
    const { client } = await pair(gateway, { role: 'node' })
    for (let i = 0; i < 12; i += 1) client.post(`no.such.method.${i}`)
    await expectClose(client, 1008, 'repeated unauthorized calls')
  })

  test('of OpenClaw that tells of itself every minute is told that nobody listens, and stays', async () => {
    const { client } = await pair(gateway, { role: 'node' })
    const stats = { event: 'node.host.stats', payloadJSON: '{}' }
    for (let minute = 0; minute < 12; minute += 1)
      assert.equal((await client.fail('node.event', stats)).message, 'unknown method: node.event')
    for (const method of ['node.skills.update', 'node.pluginTools.update', 'node.runnerInventory.update'])
      assert.deepEqual(await client.fail(method), {
        code: 'INVALID_REQUEST',
        message: `unknown method: ${method}`,
      })
    await client.call('health')
  })

  test('hears nothing of pairings', async () => {
    const { client } = await pair(gateway, { role: 'node' })
    await askToPair(gateway, { device: makeDevice() })
    await client.call('health')
    assert.deepEqual(
      client.events('device.pair.requested', 'device.pair.resolved', 'device.pair.changed'),
      [],
    )
  })

  test('holds no operator scope, whatever it asks for (T15)', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, role: 'node', scopes: ['operator.admin'] })
    const owner = await gateway.owner()

    const error = await owner.fail('device.pair.approve', { requestId })
    assert.equal(error.message, 'invalid scope for requested roles: operator.admin')
    await owner.call('device.pair.approve', { requestId, scopes: [] })
    const { auth } = await gateway.open().hello({ device, role: 'node' })
    assert.deepEqual([auth.role, auth.scopes], ['node', []])
  })
})

describe('status', () => {
  test('counts devices and requests for operators of the gateway only', async () => {
    const { client } = await pair(gateway, { scopes: ['operator.read', 'operator.pairing'] })
    const seen = async (from: WireClient) => Object.keys(await from.call<object>('status')).sort()
    const own = ['runtimeVersion', 'startedAtMs', 'uptimeMs']

    assert.deepEqual(await seen(client), own)
    assert.deepEqual(await seen(await session('operator.read')), own)
    const all = await seen(await session('operator.read', 'operator.pairing'))
    for (const key of [...own, 'authMode', 'connections', 'pairedDevices', 'pendingRequests']) {
      assert.ok(all.includes(key), key)
    }
  })
})

test('no method tells a secret, whatever the scope (T03, T18)', async () => {
  const { token, client: device } = await pair(gateway, { scopes: ['operator.admin'] })
  const owner = await gateway.owner()
  await owner.call('device.pair.list')
  for (const client of [owner, device, await session('operator.read'), await session('operator.admin')]) {
    for (const method of [
      'health',
      'status',
      'device.pair.list',
      'config.get',
      'config.reload',
      'logs.tail',
    ]) {
      await client.request(method)
    }
    const said = JSON.stringify(client.received.filter((frame) => !('id' in frame && frame.id === 'r1')))
    for (const secret of [token, TOKEN, 'the-shared-password']) assert.ok(!said.includes(secret))
  }
  const logged = gateway.logged.join('')
  for (const secret of [token, TOKEN, 'the-shared-password'])
    assert.ok(!logged.includes(secret), 'in the log')
})
