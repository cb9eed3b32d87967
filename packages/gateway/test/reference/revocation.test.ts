import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { expectCutOff, expectTokenDead, storedToken, tellStory } from './story.ts'

suite('The reference client that loses its grant', { concurrency: true }, () => {
  test('by a revoke comes back once, throws its token away and stops', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await story.gateway.revoke(story.device)
    await expectCutOff(client)
    await expectTokenDead(client, story.device)
    assert.equal(client.hellos.all.length, 1)
  })

  test('by a revoke asks again when started, and a new approval gives it a new token', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await story.gateway.revoke(story.device)
    await expectTokenDead(client, story.device)
    await client.stop()

    const refusal = await story.askForApproval()
    assert.equal(refusal.details['reason'], 'role-upgrade')
    await story.gateway.approve(refusal.details['requestId'])
    const { client: renewed } = await story.enter()
    assert.notEqual(storedToken(story.device), token)
    await renewed.stop()
    await story.enter()

    const old = story.start({ deviceToken: token })
    const { details } = await old.refusals.next()
    assert.equal(details['code'], 'AUTH_DEVICE_TOKEN_MISMATCH', 'the revoked secret came back to life')
  })

  test('by a remove comes back once, throws its token away and starts anew', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await story.gateway.remove(story.device)
    await expectCutOff(client)
    await expectTokenDead(client, story.device)
    await client.stop()

    const refusal = await story.askForApproval()
    assert.equal(refusal.details['reason'], 'not-paired')
    await story.gateway.approve(refusal.details['requestId'])
    await story.enter()
    assert.notEqual(storedToken(story.device), token)

    const old = story.start({ deviceToken: token })
    assert.equal((await old.refusals.next()).details['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
  })

  test('while it is away learns it at its next start', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await client.stop()
    await story.gateway.revoke(story.device)
    await expectTokenDead(story.start(), story.device)
  })

  test('by its own revoke gets the answer before it is cut off', async (t) => {
    const story = await tellStory(t, { client: { scopes: ['operator.pairing'] } })
    const { client } = await story.pair()
    const { deviceId } = story.device.identity
    const revoked = await client.request('device.token.revoke', { deviceId, role: 'operator' })
    assert.equal(typeof revoked['revokedAtMs'], 'number')
    await expectCutOff(client)
    await expectTokenDead(client, story.device)
  })

  test('cannot be let in again by a rotation of its revoked token', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await client.stop()
    await story.gateway.revoke(story.device)
    await assert.rejects(story.gateway.rotate(story.device), /device token rotation denied/)
    await expectTokenDead(story.start(), story.device)
  })

  test('because its request was rejected asks with a new request', async (t) => {
    const story = await tellStory(t)
    const first = await story.askForApproval()
    await story.gateway.ask('device.pair.reject', { requestId: first.details['requestId'] })
    const second = await story.askForApproval()
    assert.notEqual(second.details['requestId'], first.details['requestId'])
  })
})

suite('The reference client whose token has expired', { concurrency: true }, () => {
  test('keeps it, waits for a renewal, and goes on with the very same token', async (t) => {
    const story = await tellStory(t)
    const asked = await story.askForApproval()
    await story.gateway.approve(asked.details['requestId'], { expiresInMs: 3_600_000 })
    const { client } = await story.enter()
    const token = storedToken(story.device)
    await story.gateway.extend(story.device, 1_000)
    await expectCutOff(client, 'token expired')

    const refusal = await client.refusals.next()
    assert.equal(refusal.details['code'], 'PAIRING_REQUIRED')
    assert.equal((await client.pauses.next()).detailCode, 'PAIRING_REQUIRED')
    assert.equal(storedToken(story.device), token, 'the client lost a token that can be renewed')
    await client.stop()

    await story.gateway.approve(refusal.details['requestId'], { expiresInMs: 3_600_000 })
    const { hello } = await story.enter()
    assert.equal(hello.auth.deviceToken, token)
    assert.deepEqual(story.device.writes, ['store', 'store'])
  })
})
