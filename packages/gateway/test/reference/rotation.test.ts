import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { expectCutOff, SCOPES, storedToken, tellStory } from './story.ts'

suite('The reference client whose token is rotated', { concurrency: true }, () => {
  test('while connected is cut off, reconnects by itself and stores the new token', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await story.gateway.rotate(story.device)
    await expectCutOff(client)

    const hello = await client.hellos.next()
    assert.notEqual(hello.auth.deviceToken, token)
    assert.equal(storedToken(story.device), hello.auth.deviceToken)
    assert.deepEqual(hello.auth.scopes, SCOPES)
    assert.deepEqual(client.refusals.all, [])
    await client.stop()

    const again = await story.enter()
    assert.equal(again.hello.auth.deviceToken, hello.auth.deviceToken)
  })

  test('twice before it is back loses nothing', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await story.gateway.rotate(story.device)
    await story.gateway.rotate(story.device)
    await expectCutOff(client)

    const hello = await client.hellos.next()
    assert.equal(storedToken(story.device), hello.auth.deviceToken)
    assert.deepEqual(client.refusals.all, [])
  })

  test('again as soon as it is back, before it proved the new token, loses nothing', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await story.gateway.rotate(story.device)
    const second = await client.hellos.next()
    await story.gateway.rotate(story.device)
    const third = await client.hellos.next()

    assert.equal(new Set([token, second.auth.deviceToken, third.auth.deviceToken]).size, 3)
    assert.equal(storedToken(story.device), third.auth.deviceToken)
    assert.deepEqual(client.refusals.all, [])
    await client.stop()
    await story.enter()
  })

  test('while it is away is let in with the old token and stores the new one', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await client.stop()
    await story.gateway.rotate(story.device)
    await story.gateway.rotate(story.device)

    const { hello } = await story.enter()
    assert.notEqual(hello.auth.deviceToken, token)
    assert.equal(storedToken(story.device), hello.auth.deviceToken)
  })

  test('and the gateway restarted meanwhile still finds its way in', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await story.gateway.rotate(story.device)
    await story.gateway.restart()
    const hello = await client.hellos.next()
    assert.notEqual(hello.auth.deviceToken, token)
    assert.deepEqual(client.refusals.all, [])
  })

  test('to narrower scopes is told those, and comes back with them', async (t) => {
    const story = await tellStory(t)
    const { client } = await story.pair()
    await story.gateway.rotate(story.device, { scopes: ['operator.read'] })
    const hello = await client.hellos.next()
    assert.deepEqual(hello.auth.scopes, ['operator.read'])
    assert.deepEqual(story.device.stored()?.scopes, ['operator.read'])
    await client.stop()
    const again = await story.enter({ scopes: 'unnamed' })
    assert.deepEqual(again.hello.auth.scopes, ['operator.read'])
  })

  test('finds its old token dead once the new one was used', async (t) => {
    const story = await tellStory(t)
    const { client, token } = await story.pair()
    await client.stop()
    await story.gateway.rotate(story.device)
    const fetching = await story.enter()
    await fetching.client.stop()
    const proving = await story.enter()
    await proving.client.stop()

    const old = story.start({ deviceToken: token })
    const { details } = await old.refusals.next()
    assert.equal(details['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
    assert.equal((await old.pauses.next()).detailCode, 'AUTH_DEVICE_TOKEN_MISMATCH')
  })

  test('rotating its own token is told the new one in the answer, before it is cut off', async (t) => {
    const story = await tellStory(t, { client: { scopes: [...SCOPES, 'operator.pairing'] } })
    const { client, token } = await story.pair()
    const { deviceId } = story.device.identity
    const rotated = await client.request('device.token.rotate', { deviceId, role: 'operator' })
    assert.equal(rotated['tokenDelivery'], 'in-band')
    await expectCutOff(client)

    const hello = await client.hellos.next()
    assert.equal(hello.auth.deviceToken, rotated['token'])
    assert.notEqual(hello.auth.deviceToken, token)
  })
})
