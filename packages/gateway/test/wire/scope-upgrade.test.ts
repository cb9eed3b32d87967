import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DevicePairList, UpgradeRegistration, UpgradeResult } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway(
  { after },
  { config: { auth: { token: TOKEN }, limits: { pendingInAll: 10_000 } } },
)
const READ = ['operator.read']
const MORE = ['operator.pairing', 'operator.read']
const UNKNOWN = { code: 'INVALID_REQUEST', message: 'scope upgrade expired or not found' }

const reader = () => pair(gateway, { scopes: READ })
const ask = async (client: WireClient, scopes: readonly string[] = MORE) =>
  (await client.call<UpgradeRegistration>('device.scopes.requestUpgrade', { scopes })).requestId
const wait = (client: WireClient, requestId: string) =>
  client.call<UpgradeResult>('device.scopes.waitUpgrade', { requestId })
const pendingOf = async (owner: WireClient, deviceId: string) =>
  (await owner.call<DevicePairList>('device.pair.list')).pending.filter((row) => row.deviceId === deviceId)

describe('a device that asks for more', () => {
  test('is shown to operators, gets nothing by asking, and waits for their answer', async () => {
    const owner = await gateway.owner()
    const { device, client, token } = await reader()
    const requestId = await ask(client, ['operator.read', 'operator.pairing'])
    const { payload: row } = await owner.nextEvent(
      'device.pair.requested',
      (payload) => payload['requestId'] === requestId,
    )
    assert.deepEqual(
      [row['deviceId'], row['publicKey'], row['scopes'], row['isRepair'], row['clientId']],
      [device.id, device.publicKey, MORE, true, 'test'],
    )
    assert.equal((await client.fail('device.pair.list')).details?.['missingScope'], 'operator.pairing')

    const answer = wait(client, requestId)
    await client.call('health')
    await owner.call('device.pair.approve', { requestId })
    const approved = { status: 'approved', requestId, deviceToken: token, scopes: MORE }
    assert.deepEqual(await answer, approved)
    assert.deepEqual(await wait(client, requestId), approved)

    assert.equal((await client.fail('device.pair.list')).details?.['missingScope'], 'operator.pairing')
    const { client: again } = await connectPaired(gateway, { device, token, scopes: MORE })
    await again.call('device.pair.list')
    assert.ok(client.isOpen)
  })

  test('reads what it holds when it was given less than it asked for', async () => {
    const { client } = await reader()
    const requestId = await ask(client, ['operator.read', 'operator.pairing', 'operator.approvals'])
    const answer = wait(client, requestId)
    await approve(gateway, requestId, { scopes: ['operator.approvals'] })
    const { status, ...rest } = await answer
    assert.deepEqual(
      [status, 'scopes' in rest && rest.scopes],
      ['approved', ['operator.approvals', 'operator.read']],
    )
  })

  test('reads a list that clients of OpenClaw take, also with every scope there is', async () => {
    const { client } = await pair(gateway, { scopes: ['operator.admin', ...MORE] })
    const requestId = await ask(client, [
      'operator.admin',
      ...MORE,
      'operator.approvals',
      'operator.questions',
      'operator.talk',
      'operator.write',
    ]).catch((error: Error) => error.message)
    assert.match(requestId, /already holds/)

    const small = await reader()
    const first = await ask(small.client, [
      'operator.approvals',
      'operator.pairing',
      'operator.questions',
      'operator.read',
      'operator.sessions.read',
      'operator.sessions.write',
      'operator.talk',
      'operator.talk.secrets',
    ])
    await approve(gateway, first)
    const second = await ask(small.client, ['operator.admin'])
    const answer = wait(small.client, second)
    await approve(gateway, second)
    const { scopes } = (await answer) as Extract<UpgradeResult, { status: 'approved' }>
    assert.deepEqual(scopes, ['operator.admin'])
  })

  test('hears of a no as often as it asks', async () => {
    const owner = await gateway.owner()
    const { client } = await reader()
    const requestId = await ask(client)
    const answer = wait(client, requestId)
    await owner.call('device.pair.reject', { requestId })
    assert.deepEqual(await answer, { status: 'rejected', requestId })
    assert.deepEqual(await wait(client, requestId), { status: 'rejected', requestId })
    assert.notEqual(await ask(client), requestId)
  })

  test('hears when the time ran out, while it waits and afterwards', async (context) => {
    context.mock.timers.enable({ apis: ['Date', 'setInterval'], now: Date.now() })
    const timed = await openGateway(context)
    const { client } = await pair(timed, { scopes: READ })
    const requestId = await ask(client)
    const answer = wait(client, requestId)
    await client.call('health')
    // In steps shorter than a ping, with a pause in which sockets can answer.
    for (let passed = 0; passed <= 300_000; passed += 10_000) {
      context.mock.timers.tick(10_000)
      await sleep(10)
    }
    assert.deepEqual(await answer, { status: 'expired', requestId })
    assert.deepEqual(await wait(client, requestId), { status: 'expired', requestId })
  })
})

describe('asking again', () => {
  test('keeps the id, and what was shown under it, for the same and for less', async () => {
    const owner = await gateway.owner()
    const { device, client } = await reader()
    const wide = ['operator.read', 'operator.pairing', 'operator.approvals']
    const requestId = await ask(client, wide)
    const [shown] = await pendingOf(owner, device.id)
    assert.equal(await ask(client, wide.toReversed()), requestId)
    assert.equal(await ask(client, MORE), requestId)
    const byConnect = await askToPair(gateway, { device, auth: { token: TOKEN }, scopes: MORE })
    assert.equal(byConnect.requestId, requestId)

    const [still, ...others] = await pendingOf(owner, device.id)
    assert.equal(others.length, 0)
    assert.deepEqual({ ...still, expiresAtMs: 0 }, { ...shown, expiresAtMs: 0 })
  })

  test('two at once file one request', async () => {
    const { device, client, token } = await reader()
    const { client: other } = await connectPaired(gateway, { device, token, scopes: READ })
    const ids = await Promise.all([ask(client), ask(other), ask(client), ask(other)])
    assert.equal(new Set(ids).size, 1)
  })

  test('for something else stands beside it, four at most (T21)', async () => {
    const owner = await gateway.owner()
    const { device, client } = await reader()
    const others = ['pairing', 'approvals', 'questions', 'talk', 'talk.secrets']
    const asks = others.map((word) =>
      client.request('device.scopes.requestUpgrade', { scopes: ['operator.read', `operator.${word}`] }),
    )
    const refused = (await Promise.all(asks)).filter(({ ok }) => !ok)
    assert.deepEqual(
      refused.map(({ error }) => error?.details?.['code']),
      ['TOO_MANY_PENDING'],
    )
    assert.equal((await pendingOf(owner, device.id)).length, 4)
  })

  test('a device cannot say yes to itself (T16, T19)', async () => {
    const { client } = await pair(gateway, { scopes: MORE })
    const requestId = await ask(client, [...MORE, 'operator.admin'])
    assert.deepEqual(await client.fail('device.pair.approve', { requestId }), {
      code: 'INVALID_REQUEST',
      message: 'missing scope: operator.admin',
    })
  })
})

describe('a refused ask', () => {
  test('says what is wrong with it', async () => {
    const { client, device, token } = await pair(gateway, { scopes: MORE })
    const told = async (from: WireClient, scopes: readonly string[]) =>
      (await from.fail('device.scopes.requestUpgrade', { scopes })).message
    assert.equal(
      await told(client, ['operator.nope', ...MORE]),
      'requested scopes contain an unknown operator scope',
    )
    assert.equal(
      await told(client, ['operator.approvals']),
      "requested scopes must include the connection's current scopes",
    )
    const { client: narrow } = await connectPaired(gateway, { device, token, scopes: READ })
    assert.match(await told(narrow, MORE), /already holds the requested scopes; connect again/)
  })

  test('a session without a device has nothing to ask for', async () => {
    const shared = gateway.open()
    await shared.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN }, scopes: READ })
    for (const client of [shared, await gateway.owner()]) {
      for (const [method, params] of [
        ['device.scopes.requestUpgrade', { scopes: ['operator.admin'] }],
        ['device.scopes.waitUpgrade', { requestId: 'any' }],
      ] as const) {
        const { details } = await client.fail(method, params)
        assert.equal(details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
      }
    }
  })

  test('a foreign request answers as one that does not exist', async () => {
    const { client, device } = await reader()
    const other = await reader()
    const foreign = await ask(other.client)
    const decided = await ask(other.client, [...MORE, 'operator.talk'])
    await approve(gateway, decided)
    const { requestId: stranger } = await askToPair(gateway, { device: makeDevice() })
    const { requestId: ownNode } = await askToPair(gateway, { device, role: 'node' })
    for (const requestId of [foreign, decided, stranger, ownNode, 'made-up'])
      assert.deepEqual(await client.fail('device.scopes.waitUpgrade', { requestId }), UNKNOWN)
  })
})

describe('waiting', () => {
  test('every one who waits is answered, on every connection of the device', async () => {
    const { device, client, token } = await reader()
    const { client: other } = await connectPaired(gateway, { device, token, scopes: READ })
    const requestId = await ask(client)
    const answers = [wait(client, requestId), wait(client, requestId), wait(other, requestId)]
    await Promise.all([client.call('health'), other.call('health')])
    await approve(gateway, requestId)
    for (const { status } of await Promise.all(answers)) assert.equal(status, 'approved')
  })

  test('a decision at the same moment is never missed', async () => {
    const owner = await gateway.owner()
    for (let round = 0; round < 10; round += 1) {
      const { client } = await reader()
      const requestId = await ask(client)
      const [{ status }] = await Promise.all([
        wait(client, requestId),
        owner.call('device.pair.approve', { requestId }),
      ])
      assert.equal(status, 'approved')
      await client.end()
    }
  })

  test('a connection waits four times at once, and no more', async () => {
    const { client } = await reader()
    const requestId = await ask(client)
    const waits = Array.from({ length: 4 }, () => wait(client, requestId))
    const { details } = await client.fail('device.scopes.waitUpgrade', { requestId })
    assert.equal(details?.['code'], 'TOO_MANY_REQUESTS')
    await approve(gateway, requestId)
    await Promise.all(waits)
    assert.equal((await wait(client, requestId)).status, 'approved')
  })

  test('a device that is revoked meanwhile is told nothing more', async () => {
    const owner = await gateway.owner()
    const { device, client } = await reader()
    const requestId = await ask(client)
    const id = client.post('device.scopes.waitUpgrade', { requestId })
    await client.call('health')
    const before = client.received.length
    await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    await expectClose(client, 4001, 'device removed')
    assert.deepEqual(client.received.slice(before), [])
    await assert.rejects(client.response(id))
    assert.equal((await owner.fail('device.pair.approve', { requestId })).message, 'unknown requestId')
  })

  test('revoked, rotated and approved at once: the token of an ended grant is never told', async () => {
    const owner = await gateway.owner()
    for (const method of ['device.token.revoke', 'device.token.rotate']) {
      const { device, client, token } = await reader()
      const requestId = await ask(client)
      client.post('device.scopes.waitUpgrade', { requestId })
      const params = { deviceId: device.id, role: 'operator' }
      const [, ended] = await Promise.all([
        owner.request('device.pair.approve', { requestId }),
        owner.request(method, params),
      ])
      assert.ok(ended.ok, JSON.stringify(ended.error))
      await expectClose(client, 4001, 'device removed')
      for (const frame of client.received) {
        const told = JSON.stringify(frame)
        assert.ok(!told.includes('"deviceToken"') || told.includes(token), told)
      }
    }
  })

  test('a device that leaves leaves nothing behind, and a decision afterwards is one like any other', async () => {
    const { device, client, token } = await reader()
    const requestId = await ask(client)
    client.post('device.scopes.waitUpgrade', { requestId })
    await client.call('health')
    await client.end()
    await approve(gateway, requestId)
    const { client: again } = await connectPaired(gateway, { device, token, scopes: MORE })
    assert.equal((await wait(again, requestId)).status, 'approved')
  })

  test('a gateway that stops answers who waits, and does not wait for them', async (context) => {
    const stopping = await openGateway(context)
    const { client } = await pair(stopping, { scopes: READ })
    const requestId = await ask(client)
    const id = client.post('device.scopes.waitUpgrade', { requestId })
    await client.call('health')
    await within(stopping.stop('gateway stopping'), () => 'the end of the gateway', 2_500)
    const { error } = await client.response(id)
    assert.equal(error?.code, 'UNAVAILABLE')
    await expectClose(client, 1012, 'service restart')
  })
})
