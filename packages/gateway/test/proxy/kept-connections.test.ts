import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, beforeEach, describe, test } from 'node:test'
import { eventually, within } from '../harness/within.ts'
import { type Caller, openProxy } from './proxy-world.ts'
import { getLines, openRawClient, type RawClient } from './raw-client.ts'

const { gateway, upstream, enter, port } = await openProxy({ after }, [
  { match: { path: '/app' }, scope: 'operator.read' },
  { match: { path: '/open' }, auth: 'public' },
])
const owner = await gateway.owner()
const role = 'operator'

/** Answers that were asked for below `/…/slow`, and are given when a test wants them. */
const waiting: ServerResponse[] = []

beforeEach(() => {
  waiting.length = 0
  upstream.arrived.length = 0
  upstream.answerBy((request, response) => {
    if (request.url?.includes('slow')) waiting.push(response)
    else response.end('fine')
  })
})

function open(): RawClient {
  const client = openRawClient(port)
  after(() => client.socket.destroy())
  return client
}
/** A connection on which a device has been let in, and which is idle since. */
async function rest(caller: Caller): Promise<RawClient> {
  const client = open()
  await client.get('/app', caller.accessToken, 'fine')
  return client
}
const isCut = (client: RawClient) => within(client.closed, () => 'the end of the connection')
const revoke = ({ device }: Caller) => owner.call('device.token.revoke', { deviceId: device.id, role })

const ENDS: Readonly<Record<string, (caller: Caller) => Promise<unknown>>> = {
  'its token is revoked': revoke,
  'its token is rotated': ({ device }) => owner.call('device.token.rotate', { deviceId: device.id, role }),
  'its token is moved to another session': ({ device }) =>
    owner.call('device.token.move', { deviceId: device.id, role, session: 'new' }),
  'its session is deleted': ({ hello }) =>
    owner.call('sessions.delete', { key: hello.auth.session, revokeTokens: true }),
  'the device is removed': ({ device }) => owner.call('device.pair.remove', { deviceId: device.id }),
}

describe('a connection that is kept open between two requests (T23)', () => {
  for (const [why, end] of Object.entries(ENDS)) {
    test(`is cut when ${why}, and nobody else's`, async () => {
      const inOwnSession = { approval: { session: 'new' } }
      const [caller, bystander] = [await enter(inOwnSession), await enter(inOwnSession)]
      // It has rested for longer than the others: if those were only closed for resting, it would be so first.
      const other = await rest(bystander)
      const all = [await rest(caller), await rest(caller)]
      await end(caller)
      await Promise.all(all.map(isCut))
      assert.ok(!other.isClosed, 'the other one was cut')
      await other.get('/app', bystander.accessToken, 'fine')
    })
  }
  test('is cut when the token runs out, also when its end was moved while nobody asked', async () => {
    const caller = await enter({ approval: { expiresInMs: 60_000 } })
    const bystander = await rest(await enter())
    const client = await rest(caller)
    await owner.call('device.token.extend', { deviceId: caller.device.id, role, expiresInMs: 1_000 })
    await isCut(client)
    assert.ok(!bystander.isClosed, 'nobody may rest for so long')
  })
  test('never lends its name to the next request', async () => {
    const [one, other] = [await enter(), await enter()]
    const client = await rest(one)
    assert.equal(upstream.arrived.at(-1)?.headers['x-pairgate-device'], one.device.id)
    await client.get('/app', undefined, '}')
    assert.match(client.text, /HTTP\/1\.1 401 /)
    await client.get('/app', other.accessToken, 'fine')
    assert.equal(upstream.arrived.at(-1)?.headers['x-pairgate-device'], other.device.id)
    await client.get('/open', undefined, 'fine')
    assert.equal(upstream.arrived.at(-1)?.headers['x-pairgate-device'], undefined)
  })
  test('is left to somebody else who is being served on it, and ends behind that answer', async () => {
    const [one, other] = [await enter(), await enter()]
    const client = await rest(one)
    client.send(getLines('/app/slow', other.accessToken))
    await eventually(() => waiting.length === 1, 'the request of the other one')
    await revoke(one)
    assert.ok(!client.isClosed)
    const resting = await rest(other)
    waiting[0]?.end('slowly')
    await isCut(client)
    assert.ok(!resting.isClosed, 'nobody may rest for so long')
    assert.ok(client.text.endsWith('slowly'), client.text)
  })
})

describe('requests that are sent without waiting for answers (T23)', () => {
  test('are all cut by a revocation behind a slow first one', async () => {
    const caller = await enter()
    const client = open()
    client.send(getLines('/app/slow/1', caller.accessToken) + getLines('/app/slow/2', caller.accessToken))
    await eventually(() => waiting.length > 0, 'the first request')
    await revoke(caller)
    client.send(getLines('/app/3', caller.accessToken))
    await isCut(client)
    for (const response of waiting) response.end('too late')
    assert.equal(client.text, '')
    assert.ok(!upstream.arrived.some(({ url }) => url === '/app/3'))
  })
  test('behind a slow one that needs no token are judged when they come', async () => {
    const caller = await enter()
    const client = open()
    client.send(getLines('/open/slow'))
    await eventually(() => waiting.length > 0, 'the first request')
    await revoke(caller)
    client.send(getLines('/app/2', caller.accessToken))
    client.send(getLines('/open/3'))
    await eventually(() => upstream.arrived.length === 2, 'the third request')
    waiting[0]?.end('slowly')
    await eventually(() => client.text.endsWith('fine'), 'the last answer')
    assert.deepEqual(
      Array.from(client.text.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status),
      ['200', '401', '200'],
    )
    assert.ok(!upstream.arrived.some(({ url }) => url === '/app/2'))
  })
  test('that were judged before it are not answered after it', async () => {
    const caller = await enter()
    const client = open()
    client.send(getLines('/open/slow') + getLines('/app/2', caller.accessToken))
    await eventually(() => upstream.arrived.length === 2, 'both requests')
    await revoke(caller)
    await isCut(client)
    assert.doesNotMatch(client.text, /fine/)
  })
})
