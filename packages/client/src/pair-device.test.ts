import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fingerprintWords } from '@pairgate/protocol'
import { deviceOfTest } from '../test/device-of-test.ts'
import { ClientError } from './client-error.ts'
import { connectAsDevice } from './connect-as-device.ts'
import { type PendingPairing, pairDevice } from './pair-device.ts'

const poll = { firstMs: 5, maxMs: 10 }

test('a device that waits is in as soon as an operator has approved it', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  const seen: PendingPairing[] = []
  const onPending = (pending: PendingPairing): void => {
    seen.push(pending)
    setTimeout(() => gateway.approve(deviceId), 40)
  }
  const paired = await pairDevice({ ...target, wait: true, onPending, poll })

  assert.equal(seen.length, 1)
  assert.match(seen[0]?.requestId ?? '', /^[0-9a-f-]{36}$/)
  assert.equal(seen[0]?.reason, 'not-paired')
  assert.equal(seen[0]?.expiresAtMs, 4_000_000_000_000)
  const { connection, ...facts } = paired
  assert.deepEqual(facts, {
    deviceId,
    role: 'operator',
    scopes: ['operator.read'],
    session: 'desk',
    expiresAtMs: 4_000_000_000_000,
  })
  assert.equal((await storedToken())?.token, gateway.devices.get(deviceId)?.token)
  await connection.close()
})

test('the fingerprint is made from our own key, whatever the gateway says', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  let fingerprint = ''
  const onPending = (pending: PendingPairing): void => {
    fingerprint = pending.fingerprint
    gateway.approve(deviceId)
  }
  const { connection } = await pairDevice({ ...target, wait: true, onPending, poll })
  assert.equal(fingerprint, fingerprintWords(deviceId))
  await connection.close()
})

test('a device that does not wait is given the id of its request', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  await assert.rejects(pairDevice({ ...target, wait: false }), (error) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'PAIRING_REQUIRED')
    assert.equal(error.requestId, gateway.pending.get(deviceId))
    return true
  })
})

test('a request that was rejected ends the waiting and files one new request at most', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  let former = ''
  const onPending = (pending: PendingPairing): void => {
    former = pending.requestId
    gateway.pending.delete(deviceId)
  }
  await assert.rejects(pairDevice({ ...target, wait: true, onPending, poll }), (error) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'REQUEST_REJECTED')
    assert.equal(error.details['formerRequestId'], former)
    assert.equal(error.requestId, gateway.pending.get(deviceId))
    assert.notEqual(error.requestId, former)
    assert.equal(error.shouldRetry(), false)
    assert.ok(error.message.includes(former) && error.message.includes(error.requestId ?? '?'))
    return true
  })
  assert.equal(gateway.connects.length, 2)
})

test('a gateway that says that the request was rejected is believed', async (t) => {
  const { gateway, target } = await deviceOfTest(t)
  const rejected = { code: 'NOT_PAIRED', message: 'rejected', details: { code: 'REQUEST_REJECTED' } }
  const onPending = (): void => void gateway.refusals.push(rejected)
  await assert.rejects(pairDevice({ ...target, wait: true, onPending, poll }), { code: 'REQUEST_REJECTED' })
})

test('a revoked device forgets its token and asks again', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.approve(deviceId)
  await (await connectAsDevice(target)).close()
  gateway.revoke(deviceId)

  const onPending = (pending: PendingPairing): void => {
    assert.equal(pending.reason, 'role-upgrade')
    gateway.approve(deviceId)
  }
  const { connection } = await pairDevice({ ...target, wait: true, onPending, poll })
  assert.equal((await storedToken())?.token, gateway.devices.get(deviceId)?.token)
  await connection.close()
})

test('a gateway that restarts while a device waits is waited out, and each wait is told with its reason', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  const busy = { code: 'UNAVAILABLE', message: 'gateway starting', retryable: true, retryAfterMs: 10 }
  const onPending = (): void => {
    gateway.refusals.push(busy, busy)
    gateway.approve(deviceId)
  }
  const told: string[] = []
  const onRetry = ({ code }: ClientError): void => void told.push(code)
  const { connection } = await pairDevice({ ...target, wait: true, onPending, onRetry, poll })
  assert.deepEqual(told, ['PAIRING_REQUIRED', 'UNAVAILABLE', 'UNAVAILABLE'])
  assert.equal(gateway.refusals.length, 0)
  await connection.close()
})

test('a gateway that cannot be reached at all is reported at once', async (t) => {
  const { gateway, target } = await deviceOfTest(t)
  await gateway.close()
  await assert.rejects(pairDevice({ ...target, wait: true, poll }), { code: 'UNREACHABLE' })
})

test('an abort ends the waiting with its own reason', async (t) => {
  const { target } = await deviceOfTest(t)
  const stop = new AbortController()
  const reason = new Error('the user pressed ctrl-c')
  const onPending = (): void => void setTimeout(() => stop.abort(reason), 20)
  const waiting = pairDevice({
    ...target,
    wait: true,
    onPending,
    signal: stop.signal,
    poll: { firstMs: 60_000 },
  })
  await assert.rejects(waiting, reason)
  await assert.rejects(pairDevice({ ...target, wait: true, signal: stop.signal }), reason)
})

test('an invitation is redeemed once its request is confirmed, and brings the tokens of all its roles', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.invitations.add('482913')
  const onPending = (): void => gateway.approve(deviceId)
  const { connection, role } = await pairDevice({
    ...target,
    scopes: [],
    invitation: '482913',
    wait: true,
    onPending,
    poll,
  })
  assert.equal(role, 'operator')
  assert.ok(gateway.connects.every(({ auth }) => auth?.bootstrapToken === '482913'))
  assert.equal((await storedToken())?.token, gateway.devices.get(deviceId)?.token)
  const node = await target.tokens.load(gateway.url, deviceId, 'node')
  assert.deepEqual(node, { token: 'node-token-of-test', scopes: [], session: 'desk', issuedAtMs: 2 })
  await connection.close()
})

test('a code that runs out while an operator looks at its request does not lose the request', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.invitations.add('482913')
  const onPending = (): void => {
    gateway.invitations.clear()
    setTimeout(() => gateway.approve(deviceId), 40)
  }
  const { connection } = await pairDevice({ ...target, invitation: '482913', wait: true, onPending, poll })
  assert.equal(gateway.connects.at(-1)?.auth, undefined)
  await connection.close()
})

test('a wrong code is told at once, and nothing is asked in its place', async (t) => {
  const { gateway, target } = await deviceOfTest(t)
  await assert.rejects(
    pairDevice({ ...target, invitation: '000000', wait: true, poll }),
    (error) => error instanceof ClientError && error.code === 'AUTH_BOOTSTRAP_TOKEN_INVALID',
  )
  assert.equal(gateway.connects.length, 1)
  assert.equal(gateway.pending.size, 0)
})
