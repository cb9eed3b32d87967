import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { expectCutOff, expectTokenDead, SCOPES, storedToken, tellStory } from './story.ts'

const SHARED = 'a-shared-token-of-the-tests'
const tokenMode = {
  settings: { auth: { mode: 'token', token: SHARED } },
  client: { token: SHARED },
}
const PASSWORD = 'a-password-of-the-tests'
const passwordMode = {
  settings: { auth: { mode: 'password', password: PASSWORD } },
  client: { password: PASSWORD },
}

suite('The reference client in mode "token"', { concurrency: true }, () => {
  test('brings the shared token from loopback and is sent to the operator all the same', async (t) => {
    const story = await tellStory(t, tokenMode)
    const refusal = await story.askForApproval()
    assert.equal(refusal.details['reason'], 'not-paired')

    await story.gateway.approve(refusal.details['requestId'])
    const { hello } = await story.enter()
    assert.deepEqual(hello.auth.scopes, SCOPES)
    assert.equal(hello.auth.deviceToken, storedToken(story.device))
  })

  test('goes on with its stored token alone once it has one', async (t) => {
    const story = await tellStory(t, tokenMode)
    const { client, token } = await story.pair()
    await client.stop()
    const { hello } = await story.enter({ token: '' })
    assert.equal(hello.auth.deviceToken, token)
  })

  test('without a device is let in as a local backend, with the scopes that it asks for', async (t) => {
    const story = await tellStory(t, tokenMode)
    const backend = { deviceIdentity: null, mode: 'backend', clientName: 'gateway-client' } as const
    const { hello } = await story.enter(backend)
    assert.deepEqual(hello.auth.scopes, SCOPES)
    assert.equal(hello.auth.deviceToken, undefined)
  })

  test('without any credential learns that the shared token is missing', async (t) => {
    const story = await tellStory(t, tokenMode)
    const client = story.start({ token: '' })
    assert.equal((await client.refusals.next()).details['code'], 'AUTH_TOKEN_MISSING')
    assert.equal((await client.pauses.next()).detailCode, 'AUTH_TOKEN_MISSING')
  })

  test('with a wrong shared token falls back to its stored one within the same start', async (t) => {
    const story = await tellStory(t, tokenMode)
    const stranger = story.start({ token: 'wrong' })
    assert.equal((await stranger.refusals.next()).details['code'], 'AUTH_TOKEN_MISMATCH')
    assert.equal((await stranger.pauses.next()).detailCode, 'AUTH_TOKEN_MISMATCH')
    await stranger.stop()
    const { client, token } = await story.pair()
    await client.stop()

    const mistaken = story.start({ token: 'wrong' })
    assert.equal((await mistaken.refusals.next()).details['recommendedNextStep'], 'retry_with_device_token')
    const hello = await mistaken.hellos.next()
    assert.equal(hello.auth.deviceToken, token)
    assert.deepEqual(mistaken.pauses.all, [])
  })

  test('reconnects by itself after a restart and after a rotation', async (t) => {
    const story = await tellStory(t, tokenMode)
    const { client, token } = await story.pair()
    await story.gateway.restart()
    assert.equal((await client.hellos.next()).auth.deviceToken, token)
    await story.gateway.rotate(story.device)
    const hello = await client.hellos.next()
    assert.notEqual(hello.auth.deviceToken, token)
    assert.equal(storedToken(story.device), hello.auth.deviceToken)
    assert.deepEqual(client.refusals.all, [])
  })

  test('is not let in again by the shared token after a revoke', async (t) => {
    const story = await tellStory(t, tokenMode)
    const { client, token } = await story.pair()
    await story.gateway.revoke(story.device)
    await expectCutOff(client)
    const refusal = await client.refusals.next()
    assert.equal(refusal.details['code'], 'PAIRING_REQUIRED')
    assert.equal(refusal.details['reason'], 'role-upgrade')
    assert.equal((await client.pauses.next()).detailCode, 'PAIRING_REQUIRED')
    await client.stop()

    await story.gateway.approve(refusal.details['requestId'])
    await story.enter()
    assert.notEqual(storedToken(story.device), token)
  })

  test('that used its stored token throws it away after a revoke', async (t) => {
    const story = await tellStory(t, tokenMode)
    const paired = await story.pair()
    await paired.client.stop()
    const { client } = await story.enter({ token: '' })
    await story.gateway.revoke(story.device)
    await expectCutOff(client)
    await expectTokenDead(client, story.device)
  })

  test('starts anew after a remove', async (t) => {
    const story = await tellStory(t, tokenMode)
    const { client, token } = await story.pair()
    await story.gateway.remove(story.device)
    const refusal = await client.refusals.next()
    assert.equal(refusal.details['reason'], 'not-paired')
    await client.stop()
    await story.gateway.approve(refusal.details['requestId'])
    await story.enter()
    assert.notEqual(storedToken(story.device), token)
  })

  test('files a request for wider scopes, and keeps its token and what it has meanwhile', async (t) => {
    const story = await tellStory(t, tokenMode)
    const { client, token } = await story.pair()
    const wider = { scopes: [...SCOPES, 'operator.approvals'] }
    const refusal = await story.askForApproval(wider)
    assert.equal(refusal.details['reason'], 'scope-upgrade')
    assert.deepEqual(refusal.details['approvedScopes'], SCOPES)
    assert.equal((await client.request('health'))['ok'], true)

    await story.gateway.approve(refusal.details['requestId'])
    assert.equal((await client.request('health'))['ok'], true)
    const { hello } = await story.enter(wider)
    assert.deepEqual(hello.auth.scopes, wider.scopes)
    assert.equal(hello.auth.deviceToken, token)
  })

  test('whose token has expired keeps it and goes on with it after the renewal', async (t) => {
    const story = await tellStory(t, tokenMode)
    const asked = await story.askForApproval()
    await story.gateway.approve(asked.details['requestId'], { expiresInMs: 3_600_000 })
    const { client } = await story.enter()
    const token = storedToken(story.device)
    await story.gateway.extend(story.device, 1_000)
    await expectCutOff(client, 'token expired')
    const refusal = await client.refusals.next()
    assert.equal(refusal.details['code'], 'PAIRING_REQUIRED')
    await client.pauses.next()
    await client.stop()

    await story.gateway.approve(refusal.details['requestId'], { expiresInMs: 3_600_000 })
    const { hello } = await story.enter({ token: '' })
    assert.equal(hello.auth.deviceToken, token)
  })
})

suite('The reference client where the shared secret is off', { concurrency: true }, () => {
  const off = { auth: { mode: 'pairing', token: SHARED, sharedSecret: 'off' } }

  test('gets nowhere with the shared token alone', async (t) => {
    const story = await tellStory(t, { ...tokenMode, settings: off })
    const client = story.start()
    assert.equal((await client.refusals.next()).details['code'], 'AUTH_TOKEN_MISMATCH')
    assert.equal((await client.pauses.next()).detailCode, 'AUTH_TOKEN_MISMATCH')
  })

  test('goes on with the token that it was given before, also if it still tries the shared one', async (t) => {
    const story = await tellStory(t, tokenMode)
    const { client, token } = await story.pair()
    await client.stop()
    await story.gateway.restart(off)

    const stored = await story.enter({ token: '' })
    assert.equal(stored.hello.auth.deviceToken, token)
    await stored.client.stop()

    const mistaken = story.start()
    assert.equal((await mistaken.refusals.next()).details['code'], 'AUTH_TOKEN_MISMATCH')
    assert.equal((await mistaken.hellos.next()).auth.deviceToken, token)
  })
})

suite('The reference client in mode "password"', { concurrency: true }, () => {
  test('brings the password, is sent to the operator, and works after the approval', async (t) => {
    const story = await tellStory(t, passwordMode)
    const { client, token } = await story.pair()
    await client.stop()
    const withPassword = await story.enter()
    assert.equal(withPassword.hello.auth.deviceToken, token)
    await withPassword.client.stop()
    const withToken = await story.enter({ password: '' })
    assert.equal(withToken.hello.auth.deviceToken, token)
  })

  test('learns that the password is missing or wrong, and stops', async (t) => {
    const story = await tellStory(t, passwordMode)
    const silent = story.start({ password: '' })
    assert.equal((await silent.refusals.next()).details['code'], 'AUTH_PASSWORD_MISSING')
    assert.equal((await silent.pauses.next()).detailCode, 'AUTH_PASSWORD_MISSING')
    const wrong = story.start({ password: 'wrong' })
    assert.equal((await wrong.refusals.next()).details['code'], 'AUTH_PASSWORD_MISMATCH')
    assert.equal((await wrong.pauses.next()).detailCode, 'AUTH_PASSWORD_MISMATCH')
  })

  test('is not let in again by the password after a revoke', async (t) => {
    const story = await tellStory(t, passwordMode)
    const { client } = await story.pair()
    await story.gateway.revoke(story.device)
    await expectCutOff(client)
    assert.equal((await client.refusals.next()).details['reason'], 'role-upgrade')
    assert.equal((await client.pauses.next()).detailCode, 'PAIRING_REQUIRED')
  })
})
