import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { createRace, outcome, type RaceWorld, READER, ROUNDS } from './race-world.ts'

const ADMIN = ['operator.admin']

/** Operators who decide while somebody decides about them. */
export function adminRaces({ engine, gateway, alice, rowOf, events }: RaceWorld): void {
  test('an approval that was on its way when its operator was revoked either came first or counts for nothing', async () => {
    await pair(gateway, { scopes: ADMIN })
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const operator = await pair(gateway, { scopes: ADMIN })
      const device = makeDevice()
      const { requestId } = await askToPair(gateway, { device, scopes: READER })
      const [approval, revocation] = await race.start(
        () => operator.client.post('device.pair.approve', { requestId }),
        () => alice.post('device.token.revoke', { deviceId: operator.device.id, role: 'operator' }),
      )
      assert.equal((await alice.response(revocation)).ok, true)
      const decidedBefore = (await rowOf(device.id)) !== undefined
      const answer = await outcome(operator.client, approval)
      await operator.client.closed

      // Whatever was approved was approved before the revoke was answered; nothing comes after it.
      assert.equal((await rowOf(device.id)) !== undefined, decidedBefore)
      if (answer.ok) assert.ok(decidedBefore)
      const newest = (await events({ limit: 5 })).find(
        ({ actor, deviceId }) => actor === `device:${operator.device.id}` || deviceId === operator.device.id,
      )
      assert.equal(newest?.kind, 'token-revoked', 'somebody decided after it was revoked')
      race.wonByOne(decidedBefore)
    }
    race.expectBoth()
  })

  test('of two admins who put each other out at once, exactly one stays', async (context) => {
    const small = await engine.openGateway(context)
    const owner = await small.owner()
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const [one, other] = [await pair(small, { scopes: ADMIN }), await pair(small, { scopes: ADMIN })]
      const removes = round % 4 < 2
      const method = removes ? 'device.pair.remove' : 'device.token.revoke'
      const against = (deviceId: string) => (removes ? { deviceId } : { deviceId, role: 'operator' })
      const [first, second] = await race.start(
        () => one.client.post(method, against(other.device.id)),
        () => other.client.post(method, against(one.device.id)),
      )
      const results = await Promise.all([outcome(one.client, first), outcome(other.client, second)])

      assert.equal(results.filter(({ ok }) => ok).length, 1)
      const { paired } = await owner.call<DevicePairList>('device.pair.list')
      const admins = paired.filter((row) => row.tokens.some((token) => token.revokedAtMs === undefined))
      const winner = results[0].ok ? one : other
      assert.deepEqual(
        admins.map(({ deviceId }) => deviceId),
        [winner.device.id],
      )
      for (const row of paired) await owner.call('device.pair.remove', { deviceId: row.deviceId })
      race.wonByOne(results[0].ok)
    }
    race.expectBoth()
  })

  test('of two admins who each leave at once, exactly one is kept', async (context) => {
    const small = await engine.openGateway(context)
    const owner = await small.owner()
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const both = [await pair(small, { scopes: ADMIN }), await pair(small, { scopes: ADMIN })]
      const results = await Promise.all(
        both.map(({ client, device }) => client.request('device.pair.remove', { deviceId: device.id })),
      )
      assert.equal(results.filter(({ ok }) => ok).length, 1)
      assert.equal(results.find(({ ok }) => !ok)?.error?.details?.['code'], 'LAST_ADMIN')
      for (const { deviceId } of (await owner.call<DevicePairList>('device.pair.list')).paired) {
        await owner.call('device.pair.remove', { deviceId })
      }
    }
  })
}
