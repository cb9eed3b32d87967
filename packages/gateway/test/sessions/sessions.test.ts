import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type {
  AuditRow,
  ChatHistory,
  DevicePairList,
  SessionListResult,
  SessionResult,
} from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'

const gateway = await openGateway({ after }, { config: { limits: { pendingInAll: 10_000 } } })
const owner = await gateway.owner()
const WRITER = ['operator.write']

let made = 0
async function create(params: object = {}) {
  made += 1
  const { session } = await owner.call<SessionResult>('sessions.create', { key: `room-${made}`, ...params })
  return session
}
const member = (session: string, scopes = WRITER) =>
  pair(gateway, { scopes, approval: { session }, extended: true })
const say = (client: WireClient, message: string, params: object = {}) =>
  client.call('chat.send', { message, idempotencyKey: 'the-key', ...params })
const eventsOf = async (kind: string) =>
  (await owner.call<{ events: readonly AuditRow[] }>('audit.list', { kind })).events

describe('a session', () => {
  test('is made by an admin of every session, listed, and told in the log', async () => {
    const session = await create({ key: 'kitchen', label: ' Kitchen ' })
    assert.deepEqual(
      [session.key, session.label, session.lastSeq, session.tokens],
      ['kitchen', 'Kitchen', 0, 0],
    )
    const { sessions, count } = await owner.call<SessionListResult>('sessions.list')
    assert.deepEqual(sessions[0], session)
    assert.ok(count >= sessions.length)
    const [event] = await eventsOf('session-created')
    assert.deepEqual(
      [event?.sessionId, event?.actor, event?.after],
      [session.sessionId, 'owner', { name: 'kitchen', label: 'Kitchen' }],
    )
  })

  test('gets no key that is another one, reserved, or no key', async () => {
    const { key } = await create()
    assert.equal((await owner.fail('sessions.create', { key })).details?.['code'], 'SESSION_EXISTS')
    const reserved = ['main', 'agent:main:main', 'new', 'own', '*', 'global', 'unknown', 'none']
    const malformed = [
      'Kitchen',
      ' room',
      'room ',
      'rоom',
      '-room',
      ':room',
      'a/b',
      'é',
      'a\0',
      'x'.repeat(65),
      crypto.randomUUID(),
    ]
    for (const wrong of [...reserved, ...malformed])
      assert.match(
        (await owner.fail('sessions.create', { key: wrong })).message,
        /^invalid session key/,
        wrong,
      )
    for (const fine of ['a', '7', 'a:b_c-d', 'x'.repeat(64), 'mainly'])
      await owner.call('sessions.create', { key: fine })
  })

  test('keeps its id, its tokens and its messages when it is renamed', async () => {
    const { key, sessionId } = await create()
    const one = await member(key)
    await say(one.client, 'hello')
    const { session } = await owner.call<SessionResult>('sessions.patch', {
      key,
      newKey: `${key}-b`,
      label: 'B',
    })
    assert.deepEqual(
      [session.key, session.sessionId, session.label, session.tokens],
      [`${key}-b`, sessionId, 'B', 1],
    )
    const history = await one.client.call<ChatHistory>('chat.history')
    assert.deepEqual([history.sessionKey, history.last], [`${key}-b`, 1])
    const { hello } = await connectPaired(gateway, {
      device: one.device,
      token: one.token,
      extended: true,
      scopes: WRITER,
    })
    assert.equal(hello.auth.session, `${key}-b`)
    for (const name of [key, sessionId])
      assert.equal((await one.client.fail('chat.history', { sessionKey: name })).message, 'unknown session')
    const [event] = await eventsOf('session-renamed')
    assert.deepEqual([event?.before, event?.after], [{ name: key }, { name: `${key}-b`, label: 'B' }])
    await owner.call('sessions.patch', { key: `${key}-b`, label: null })
    assert.equal(
      (await owner.fail('sessions.patch', { key: `${key}-b` })).message,
      'newKey or label required',
    )
  })

  test('is found by its key and by its id, by who may see it', async () => {
    const [one, two] = [await create(), await create()]
    const { client } = await member(one.key, ['operator.read'])
    const { tokens, createdBy, ...shown } = { ...one, tokens: 1 }
    for (const params of [
      {},
      { key: 'main' },
      { key: one.key },
      { sessionId: one.sessionId },
      { key: one.key, sessionId: one.sessionId },
    ])
      assert.deepEqual(await client.call('sessions.resolve', params), { session: shown })
    for (const params of [
      { key: two.key },
      { sessionId: two.sessionId },
      { sessionId: '*' },
      { key: one.key, sessionId: two.sessionId },
      { key: 'nobody' },
    ])
      assert.equal((await client.fail('sessions.resolve', params)).message, 'unknown session')
    assert.deepEqual(await owner.call('sessions.resolve', { sessionId: one.sessionId }), {
      session: { ...shown, tokens, createdBy },
    })
  })

  test('may be labelled by its own admin, and neither made, deleted nor given a key by it (T43)', async () => {
    const { key } = await create()
    const other = await create()
    const { client } = await member(key, ['operator.admin'])
    await client.call('sessions.patch', { key: 'main', newKey: key, label: 'Mine' })
    for (const name of [other.key, 'nobody'])
      assert.deepEqual(await client.fail('sessions.patch', { key: name, newKey: 'x' }), {
        code: 'INVALID_REQUEST',
        message: 'unknown session',
      })
    for (const [method, params] of [
      ['sessions.create', { key: 'y' }],
      ['sessions.delete', { key }],
      // Whether there is such a key is not to be learned from it either.
      ['sessions.patch', { key, newKey: other.key }],
      ['sessions.patch', { key: 'main', newKey: 'agent:somebody:main' }],
    ] as const)
      assert.equal((await client.fail(method, params)).details?.['code'], 'SESSION_BOUND')
  })
})

describe('a session that is deleted', () => {
  test('is one that no live token opens, or takes its tokens along before it answers', async () => {
    const { key, sessionId } = await create()
    const [one, two] = [await member(key), await member(key)]
    assert.deepEqual((await owner.fail('sessions.delete', { key })).details, {
      code: 'SESSION_IN_USE',
      tokens: 2,
    })
    await one.client.call('health')
    const params = { key, revokeTokens: true }
    assert.deepEqual(await owner.call('sessions.delete', params), {
      key,
      sessionId,
      deleted: true,
      revokedTokens: 2,
    })
    for (const { client } of [one, two]) await expectClose(client, 4001, 'session deleted')
    const error = await refusedConnect(gateway, {
      device: one.device,
      auth: { deviceToken: one.token },
      scopes: WRITER,
    })
    assert.equal(error.details?.['authReason'], 'token_revoked')
    const [gone] = await eventsOf('session-deleted')
    assert.deepEqual([gone?.sessionId, gone?.before], [sessionId, { name: key }])
    const revoked = (await eventsOf('token-revoked')).filter(({ before }) => before?.session === sessionId)
    assert.deepEqual(revoked.map(({ deviceId }) => deviceId).sort(), [one.device.id, two.device.id].sort())
    assert.equal((await owner.fail('sessions.delete', params)).message, 'unknown session')
  })

  test('is another one when it is made again: no old token, message or idempotency key is of it', async () => {
    const { key, sessionId } = await create()
    const old = await member(key)
    await say(old.client, 'old')
    await owner.call('sessions.delete', { key, revokeTokens: true })
    const again = await create({ key })
    assert.notEqual(again.sessionId, sessionId)
    assert.equal(again.lastSeq, 0)
    await refusedConnect(gateway, { device: old.device, auth: { deviceToken: old.token }, scopes: WRITER })

    // The same device, let in again: where it belongs now is decided anew.
    const { requestId } = await askToPair(gateway, { device: old.device, scopes: WRITER })
    await owner.call('device.pair.approve', { requestId, session: key })
    const client = gateway.open()
    await client.hello({ device: old.device, extended: true, scopes: WRITER })
    assert.deepEqual((await client.call<ChatHistory>('chat.history')).messages, [])
    assert.equal(
      (await client.call<{ seq: number }>('chat.send', { message: 'new', idempotencyKey: 'the-key' })).seq,
      1,
    )
  })

  test('leaves a device that is let in again without a word in a session of its own', async () => {
    const { key, sessionId } = await create()
    const old = await member(key)
    await owner.call('sessions.delete', { key, revokeTokens: true })
    const { requestId } = await askToPair(gateway, { device: old.device, scopes: WRITER })
    await owner.call('device.pair.approve', { requestId })
    const { paired } = await owner.call<DevicePairList>('device.pair.list')
    const session = paired.find(({ deviceId }) => deviceId === old.device.id)?.tokens[0]?.session
    assert.ok(session !== undefined && session !== key)
    assert.equal((await owner.fail('sessions.resolve', { sessionId })).message, 'unknown session')
  })

  test('takes an expired token along, which could be renewed otherwise', async () => {
    const { key } = await create()
    const { device, client } = await pair(gateway, {
      scopes: WRITER,
      approval: { session: key, expiresInMs: 60_000 },
    })
    await owner.call('device.token.extend', { deviceId: device.id, role: 'operator', expiresInMs: 1_000 })
    const rowOf = async () => {
      const { paired } = await owner.call<DevicePairList>('device.pair.list')
      return paired.find(({ deviceId }) => deviceId === device.id)?.tokens[0]
    }
    await client.closed
    await owner.call('sessions.delete', { key })
    assert.notEqual((await rowOf())?.revokedAtMs, undefined)
  })
})
