import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { startReferenceClient } from './reference-client.ts'
import { createReferenceDevice } from './reference-device.ts'
import { SCOPES, storedToken, tellStory } from './story.ts'

suite('The reference client in mode "pairing"', { concurrency: true }, () => {
  test('asks, waits for the operator, and is let in by its key alone after the approval', async (t) => {
    const story = await tellStory(t)

    const refusal = await story.askForApproval()
    assert.equal(refusal.code, 'NOT_PAIRED')
    assert.equal(refusal.details['reason'], 'not-paired')
    assert.equal(refusal.details['deviceId'], story.device.identity.deviceId)
    assert.deepEqual(refusal.details['requestedScopes'], SCOPES)

    await story.gateway.approve(refusal.details['requestId'])
    const { hello } = await story.enter()
    assert.deepEqual(hello.auth.scopes, SCOPES)
    assert.equal(hello.auth.role, 'operator')
    assert.equal(hello.auth.deviceToken, storedToken(story.device))
    assert.deepEqual(story.device.writes, ['store'])
  })

  test('keeps the id of its request however often it asks', async (t) => {
    const story = await tellStory(t)
    const first = await story.askForApproval()
    const second = await story.askForApproval()
    const narrower = await story.askForApproval({ scopes: ['operator.read'] })
    assert.equal(second.details['requestId'], first.details['requestId'])
    assert.equal(narrower.details['requestId'], first.details['requestId'])
  })

  test('comes back with nothing but its stored token, and is told the same one again', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await client.stop()

    const { hello } = await story.enter()
    assert.equal(hello.auth.deviceToken, token)
    assert.equal(storedToken(story.device), token)
  })

  test('asks for nothing when it knows no scopes but those stored with its token', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await client.stop()

    const { hello } = await story.enter({ scopes: 'unnamed' })
    assert.deepEqual(hello.auth.scopes, SCOPES)
  })

  test('calls health and status over its session', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    const health = await client.request('health')
    assert.equal(health['ok'], true)
    const status = await client.request('status', { includeChannelSummary: false })
    assert.equal(typeof status['uptimeMs'], 'number')
  })

  test('is told which scope it lacks', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await assert.rejects(client.request('device.pair.list', {}), {
      gatewayCode: 'FORBIDDEN',
      message: 'missing scope: operator.pairing',
      details: {
        code: 'MISSING_SCOPE',
        missingScope: 'operator.pairing',
        requiredScopes: ['operator.pairing'],
      },
    })
  })

  test('as an admin hears of other devices, without a gap', async (t) => {
    const story = await tellStory(t, { client: { scopes: ['operator.admin'] } })
    const { client } = await story.pair()
    const other = createReferenceDevice()
    const stranger = startReferenceClient({ url: story.gateway.url, device: other })
    t.after(() => stranger.stop())
    const { details } = await stranger.refusals.next()
    await client.request('device.pair.approve', { requestId: details['requestId'] })

    const heard = client.events.all.filter(({ event }) => event !== 'connect.challenge')
    assert.deepEqual(
      heard.map(({ event }) => event),
      ['device.pair.requested', 'device.pair.resolved'],
    )
    assert.deepEqual(client.gaps, [])
  })

  test('as a node is approved by the owner and may call health and nothing else', async (t) => {
    const story = await tellStory(t, {
      client: { role: 'node', mode: 'node', clientName: 'node-host', scopes: [] },
    })
    const { details } = await story.askForApproval()
    assert.equal(details['requestedRole'], 'node')
    await story.gateway.approve(details['requestId'])
    const { client, hello } = await story.enter()
    assert.equal(hello.auth.role, 'node')
    assert.equal(story.device.stored('node')?.token, hello.auth.deviceToken)
    assert.equal((await client.request('health'))['ok'], true)
    await assert.rejects(client.request('status'), { message: 'unauthorized role: node' })
  })

  test('reconnects by itself when the gateway is restarted on the same state', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await story.gateway.restart()
    assert.deepEqual(await client.closes.next(), { code: 1012, reason: 'service restart' })
    const goodbye = client.events.all.find(({ event }) => event === 'shutdown')
    assert.deepEqual(goodbye?.payload, { reason: 'restart' })

    const hello = await client.hellos.next()
    assert.equal(hello.auth.deviceToken, token)
    assert.equal((await client.request('health'))['ok'], true)
    assert.deepEqual(client.refusals.all, [])
    assert.deepEqual(client.gaps, [])
  })

  test('that asks for more than its token holds is stopped, and keeps the token', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await client.stop()

    const greedy = story.start({ scopes: [...SCOPES, 'operator.pairing'] })
    const { details } = await greedy.refusals.next()
    assert.equal(details['code'], 'AUTH_SCOPE_MISMATCH')
    assert.equal((await greedy.pauses.next()).detailCode, 'AUTH_SCOPE_MISMATCH')
    assert.equal(storedToken(story.device), token)
    const { pending } = await story.gateway.ask<{ pending: unknown[] }>('device.pair.list', {})
    assert.deepEqual(pending, [])
  })
})

suite('The reference client approved for less than it asked', { concurrency: true }, () => {
  test('is let in with the narrower scopes, and comes back with those that it stored', async (t) => {
    const story = await tellStory(t)
    const { details } = await story.askForApproval()
    await story.gateway.approve(details['requestId'], { scopes: ['operator.read'] })

    const first = await story.enter()
    assert.deepEqual(first.hello.auth.scopes, ['operator.read'])
    assert.deepEqual(story.device.stored()?.scopes, ['operator.read'])
    await first.client.stop()

    const second = await story.enter({ scopes: 'unnamed' })
    assert.deepEqual(second.hello.auth.scopes, ['operator.read'])
    assert.equal((await second.client.request('status')) instanceof Object, true)
  })

  test('by way of a scope that it did not name is let in with that scope', async (t) => {
    // Without scopes the client asks for admin, which brings all the others.
    const story = await tellStory(t, { client: { scopes: 'unnamed' } })
    const { details } = await story.askForApproval()
    assert.deepEqual(details['requestedScopes'], ['operator.admin'])
    await story.gateway.approve(details['requestId'], { scopes: ['operator.read', 'operator.approvals'] })

    const first = await story.enter()
    assert.deepEqual(first.hello.auth.scopes.toSorted(), ['operator.approvals', 'operator.read'])
    await first.client.stop()
    const second = await story.enter()
    assert.deepEqual(second.hello.auth.scopes.toSorted(), ['operator.approvals', 'operator.read'])
  })
})
