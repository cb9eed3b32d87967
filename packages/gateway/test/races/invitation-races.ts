import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InvitationRow, InviteResult } from '@pairgate/protocol/wire'
import { pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { type Hello, openWireClient, type WireClient } from '../harness/wire-client.ts'
import { createRace, type RaceWorld, READER, ROUNDS } from './race-world.ts'

const INVALID = 'AUTH_BOOTSTRAP_TOKEN_INVALID'

/** Two and more who meet at one invitation. */
export function invitationRaces({ gateway, alice, bob }: RaceWorld): void {
  const invite = (client: WireClient, order: object = {}) =>
    client.call<InviteResult>('device.pair.invite', { scopes: READER, ...order })
  const redeem = (bootstrapToken: string, device = makeDevice()) =>
    gateway.open().connect({ device, auth: { bootstrapToken } })
  const rowOf = async (id: string): Promise<InvitationRow | undefined> => {
    const { invitations } = await alice.call<{ invitations: readonly InvitationRow[] }>(
      'device.pair.invitations',
    )
    return invitations.find((row) => row.id === id)
  }

  test('of a hundred keys that bring one link at once, exactly one is let in (T28)', async () => {
    const { id, secret } = await invite(alice)
    const devices = Array.from({ length: 100 }, makeDevice)
    const answers = await Promise.all(devices.map((device) => redeem(secret, device)))
    assert.equal(answers.filter(({ ok }) => ok).length, 1)
    const refused = answers.filter(({ ok }) => !ok).map(({ error }) => error?.details?.['code'])
    assert.deepEqual(new Set(refused), new Set([INVALID]))
    assert.equal((await rowOf(id))?.redeemedBy, devices[answers.findIndex(({ ok }) => ok)]?.id)
    const told = alice
      .events('device.pair.invitation')
      .filter(({ payload }) => payload['id'] === id && payload['state'] === 'redeemed')
    assert.equal(told.length, 1)
  })

  test('of a hundred keys that bring one code at once, exactly one is let in (T28)', async () => {
    const { code = '', id } = await invite(alice, { withCode: true })
    const devices = Array.from({ length: 100 }, makeDevice)
    const proxy = `ws://[::1]:${gateway.port}`
    // From as many places: one alone would be stopped after its third try.
    const answers = await Promise.all(
      devices.map((device, n) =>
        openWireClient(proxy, {
          headers: { 'x-forwarded-for': `198.51.100.${n}`, 'x-forwarded-proto': 'https' },
        }).connect({ device, auth: { bootstrapToken: code } }),
      ),
    )
    assert.equal(answers.filter(({ ok }) => ok).length, 1)
    const row = await rowOf(id)
    assert.equal(row?.state, 'redeemed')
    assert.deepEqual(row?.candidates, [])
  })

  test('of a key that redeems twice at once, both get the same token', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { secret } = await invite(alice)
      const device = makeDevice()
      const both = await Promise.all([redeem(secret, device), redeem(secret, device)])
      assert.deepEqual(
        both.map(({ ok }) => ok),
        [true, true],
      )
      const tokens = both.map(({ payload }) => (payload as Hello).auth.deviceToken)
      assert.equal(new Set(tokens).size, 1)
    }
  })

  test('of a redemption and a cancellation at once, one counts', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id, secret } = await invite(alice)
      const phone = gateway.open()
      await phone.challenge
      const [joined, cancelled] = await race.answers(
        () => phone.connect({ device: makeDevice(), auth: { bootstrapToken: secret } }),
        () => bob.request('device.pair.cancelInvitation', { id }),
      )
      assert.notEqual(joined.ok, cancelled.ok)
      assert.equal((await rowOf(id))?.state, joined.ok ? 'redeemed' : 'cancelled')
      race.wonByOne(joined.ok)
    }
    race.expectBoth()
  })

  test('of a redemption and a revoke of the inviter at once, no half of it is left', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const inviter = await pair(gateway, { scopes: ['operator.pairing', ...READER], extended: true })
      const { id, secret } = await invite(inviter.client)
      const phone = gateway.open()
      await phone.challenge
      const [joined, revoked] = await race.answers(
        () => phone.connect({ device: makeDevice(), auth: { bootstrapToken: secret } }),
        () => bob.request('device.token.revoke', { deviceId: inviter.device.id, role: 'operator' }),
      )
      assert.equal(revoked.ok, true)
      assert.equal((await rowOf(id))?.state, joined.ok ? 'redeemed' : 'cancelled')
      race.wonByOne(joined.ok)
    }
    race.expectBoth()
  })

  test('of two who confirm two candidates at once, one is let in', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id, secret } = await invite(alice, { confirm: true })
      const devices = [makeDevice(), makeDevice()]
      const asked = await Promise.all(devices.map((device) => redeem(secret, device)))
      const ids = asked.map(({ error }) => error?.details?.['requestId'])
      const both = await Promise.all([
        alice.request('device.pair.confirm', { id, requestId: ids[0] }),
        bob.request('device.pair.confirm', { id, requestId: ids[1] }),
      ])
      assert.equal(both.filter(({ ok }) => ok).length, 1)
      const again = await Promise.all(devices.map((device) => redeem(secret, device)))
      assert.deepEqual(
        again.map(({ ok }) => ok),
        both.map(({ ok }) => ok),
      )
    }
  })
}
