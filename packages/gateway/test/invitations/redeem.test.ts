import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { Hello } from '../harness/wire-client.ts'
import { INVALID, invite, news, outcomeOf, redeem, rowOf } from './invite.ts'

const gateway = await openGateway({ after }, { config: { auth: { token: 'the-shared-token' } } })
const owner = await gateway.owner()
const CLI = { id: 'cli', mode: 'cli' }

test('a device that brings the code is let in with what it was invited to, and its inviter hears of it', async () => {
  const device = makeDevice()
  const { id, code, scopes, role } = await invite(owner, { scopes: ['operator.read'], label: 'Kitchen' })
  assert.match(code, /^\d{6}$/)
  const { ok, payload } = await redeem(gateway, `${code.slice(0, 3)} ${code.slice(3)}`, {
    device,
    extended: true,
  })
  assert.ok(ok)
  const { auth } = payload as Hello
  assert.deepEqual([auth.method, auth.role, auth.scopes], ['bootstrap-token', role, scopes])
  const told = await news(owner, id, 'redeemed')
  assert.deepEqual([told.deviceId, told.role, told.scopes], [device.id, 'operator', ['operator.read']])
  assert.equal(told.session, auth.session)
  const row = await rowOf(owner, id)
  assert.deepEqual([row?.state, row?.redeemedBy, row?.label], ['redeemed', device.id, 'Kitchen'])
  const { hello } = await connectPaired(gateway, { device, token: String(auth.deviceToken), scopes })
  assert.deepEqual(hello.auth.scopes, scopes)
})

test('a link does the same, also for a node', async () => {
  const device = makeDevice()
  const { secret } = await invite(owner, { role: 'node' })
  const { ok, payload } = await redeem(gateway, secret, { device, role: 'node' })
  assert.ok(ok)
  const { auth } = payload as Hello
  assert.deepEqual([auth.role, auth.scopes], ['node', []])
  assert.equal('deviceTokens' in auth, false)
  await connectPaired(gateway, { device, token: String(auth.deviceToken), role: 'node' })
})

test('the same key may repeat and gets the same token; another one is refused (T28)', async () => {
  const device = makeDevice()
  const { code, secret } = await invite(owner)
  const first = (await redeem(gateway, code, { device })).payload as Hello
  for (const brought of [code, secret, code]) {
    const again = await redeem(gateway, brought, { device })
    assert.equal((again.payload as Hello).auth.deviceToken, first.auth.deviceToken)
  }
  assert.equal(outcomeOf(await redeem(gateway, secret, { device: makeDevice() })), INVALID)
})

test('another role or wider scopes are refused and burn nothing (T29)', async () => {
  const { code, secret } = await invite(owner, { scopes: ['operator.read'] })
  const device = makeDevice()
  const wrong = [{ scopes: ['operator.write'] }, { scopes: ['operator.admin'] }, { role: 'node' }]
  for (const ask of wrong) assert.equal(outcomeOf(await redeem(gateway, secret, { device, ...ask })), INVALID)
  assert.equal(outcomeOf(await redeem(gateway, code, { device, scopes: ['operator.admin'] })), INVALID)
  assert.equal(outcomeOf(await redeem(gateway, secret, { device, scopes: ['operator.read'] })), 'ok')
})

test('what was revoked or removed since is not told again, and what was invited by it is over', async () => {
  for (const method of ['device.token.revoke', 'device.pair.remove']) {
    const operator = await pair(gateway, { scopes: ['operator.pairing', 'operator.read'], extended: true })
    const { id, secret } = await invite(operator.client, { scopes: ['operator.read'] })
    const used = await invite(operator.client, { scopes: ['operator.read'] })
    const guest = makeDevice()
    assert.equal(outcomeOf(await redeem(gateway, used.secret, { device: guest })), 'ok')
    const role = method === 'device.token.revoke' ? { role: 'operator' } : {}
    await owner.call(method, { deviceId: operator.device.id, ...role })
    assert.equal((await rowOf(owner, id))?.state, 'cancelled')
    assert.equal(outcomeOf(await redeem(gateway, secret, { device: makeDevice() })), INVALID)
    await owner.call(method, { deviceId: guest.id, ...role })
    assert.equal(outcomeOf(await redeem(gateway, used.secret, { device: guest })), INVALID)
  }
})

test('a good invitation beside garbage is good, and garbage beside a good credential harms nothing', async () => {
  const { secret } = await invite(owner)
  const device = makeDevice()
  const client = gateway.open()
  const hello = await client.hello({ device, auth: { bootstrapToken: secret, deviceToken: 'garbage' } })
  assert.ok(hello.auth.deviceToken)
  const next = await invite(owner, { scopes: ['operator.write'] })
  const { hello: own } = await connectPaired(gateway, {
    device,
    token: String(hello.auth.deviceToken),
    auth: { bootstrapToken: next.secret },
  })
  assert.equal(own.auth.deviceToken, hello.auth.deviceToken)
  assert.equal((await rowOf(owner, next.id))?.state, 'open')
})

test('a device that is paired already gets what it was invited to beside what it has', async () => {
  const { device, token } = await pair(gateway, { scopes: ['operator.read'] })
  const { secret } = await invite(owner, { scopes: ['operator.talk'] })
  const { ok, payload } = await redeem(gateway, secret, { device, scopes: ['operator.talk'] })
  assert.ok(ok)
  assert.equal((payload as Hello).auth.deviceToken, token)
  const { paired } = await owner.call<DevicePairList>('device.pair.list')
  const row = paired.find(({ deviceId }) => deviceId === device.id)
  assert.deepEqual(row?.tokens[0]?.scopes, ['operator.read', 'operator.talk'])
})

test('nobody invites to more than he holds himself, and nobody sees what others hand out', async () => {
  const scopes = ['operator.pairing', 'operator.read']
  const { client } = await pair(gateway, { scopes, extended: true })
  const other = await pair(gateway, { scopes, extended: true })
  assert.equal(
    (await client.fail('device.pair.invite', { scopes: ['operator.admin'] })).message,
    'missing scope: operator.admin',
  )
  assert.equal((await client.fail('device.pair.invite', { role: 'node' })).message, 'invitation denied')
  assert.match((await client.fail('device.pair.invite', { session: '*' })).message, /every session/)
  const { id } = await invite(client, { scopes: ['operator.read'], withCode: false })
  assert.equal(await rowOf(other.client, id), undefined)
  assert.equal((await rowOf(client, id))?.state, 'open')
  for (const method of ['device.pair.cancelInvitation', 'device.pair.confirm'])
    assert.equal((await other.client.fail(method, { id })).details?.['code'], 'INVITATION_UNKNOWN')
  await client.call('device.pair.cancelInvitation', { id })
  assert.equal((await news(client, id, 'cancelled')).id, id)
  assert.equal(other.client.events('device.pair.invitation').length, 0)
})

test('an inviter that was narrowed since gives nothing any more', async () => {
  const scopes = ['operator.pairing', 'operator.read', 'operator.talk']
  const { client, device } = await pair(gateway, { scopes, extended: true })
  const { secret } = await invite(client, { scopes: ['operator.talk'], withCode: false })
  await owner.call('device.token.rotate', {
    deviceId: device.id,
    role: 'operator',
    scopes: ['operator.pairing'],
  })
  assert.equal(outcomeOf(await redeem(gateway, secret, { device: makeDevice() })), INVALID)
})

test('with `confirm` even a link only asks, and the inviter lets in the one whose words fit', async () => {
  const { id, secret } = await invite(owner, { confirm: true, withCode: false })
  const [phone, other] = [makeDevice(), makeDevice()]
  const asked = await redeem(gateway, secret, { device: phone, client: { displayName: 'Phone' } })
  const { details } = asked.error ?? {}
  assert.equal(details?.['code'], 'PAIRING_REQUIRED')
  assert.deepEqual(
    [details?.['recommendedNextStep'], details?.['retryable'], details?.['pauseReconnect']],
    ['wait_then_retry', true, false],
  )
  const candidate = await news(owner, id, 'candidate')
  assert.deepEqual([candidate.deviceId, candidate.displayName], [phone.id, 'Phone'])
  await redeem(gateway, secret, { device: other })
  assert.equal((await rowOf(owner, id))?.candidates.length, 2)
  assert.equal((await owner.fail('device.pair.confirm', { id })).details?.['code'], 'CANDIDATES_SEVERAL')
  const { requestId } = candidate
  const { device } = await owner.call<{ device: { deviceId: string } }>('device.pair.confirm', {
    id,
    requestId,
  })
  assert.equal(device.deviceId, phone.id)
  assert.equal((await news(owner, id, 'redeemed')).requestId, requestId)
  assert.equal(outcomeOf(await redeem(gateway, secret, { device: phone })), 'ok')
  assert.equal(outcomeOf(await redeem(gateway, secret, { device: other })), INVALID)
  const { pending } = await owner.call<DevicePairList>('device.pair.list')
  assert.equal(
    pending.some(({ deviceId }) => deviceId === other.id),
    false,
  )
})

test('a candidate may be approved or rejected like any other request, and the invitation follows', async () => {
  const { id, secret } = await invite(owner, { confirm: true, withCode: false })
  const [phone, rejected] = [makeDevice(), makeDevice()]
  const ids = [rejected, phone].map(async (device) =>
    String((await redeem(gateway, secret, { device })).error?.details?.['requestId']),
  )
  await owner.call('device.pair.reject', { requestId: await ids[0] })
  assert.equal(outcomeOf(await redeem(gateway, secret, { device: rejected })), INVALID)
  await owner.call('device.pair.approve', { requestId: await ids[1] })
  assert.equal((await rowOf(owner, id))?.redeemedBy, phone.id)
  assert.equal(outcomeOf(await redeem(gateway, secret, { device: phone })), 'ok')
})

test('an ask without the invitation stands beside one that brings it', async () => {
  const { secret } = await invite(owner, { confirm: true, withCode: false })
  const device = makeDevice()
  const { requestId } = await askToPair(gateway, { device, scopes: ['operator.read'] })
  const asked = await redeem(gateway, secret, { device, scopes: ['operator.read'] })
  assert.notEqual(asked.error?.details?.['requestId'], requestId)
})

test('clients of OpenClaw are told neither of the methods nor of the events', async () => {
  const client = gateway.open()
  const { features } = await client.hello({
    client: CLI,
    auth: { token: 'the-shared-token' },
    scopes: ['operator.admin'],
  })
  for (const name of [...features.methods, ...features.events])
    assert.doesNotMatch(name, /invit|confirm|claim|guess/)
  assert.match((await client.fail('device.pair.invite')).message, /unknown method/)
  const { secret } = await invite(owner)
  await redeem(gateway, secret, { device: makeDevice() })
  await client.nextEvent('device.pair.changed')
  assert.equal(client.events('device.pair.invitation').length, 0)
})
