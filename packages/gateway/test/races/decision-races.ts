import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askToPair, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { createRace, type RaceWorld, READER, ROUNDS, SHARED } from './race-world.ts'

const DECIDED = { code: 'REQUEST_DECIDED' }

/** Two who decide one request, or a request and its device. */
export function decisionRaces({ gateway, alice, bob, list, rowOf, events }: RaceWorld): void {
  test('of operators who approve one request at once, exactly one does', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: READER })
      const both = await race.answers(
        () => alice.request('device.pair.approve', { requestId }),
        () => bob.request('device.pair.approve', { requestId }),
      )
      const told = alice
        .events('device.pair.resolved')
        .filter(({ payload }) => payload['requestId'] === requestId)

      assert.equal(both.filter(({ ok }) => ok).length, 1)
      for (const { ok, error } of both) if (!ok) assert.deepEqual(error?.details, DECIDED)
      assert.equal(told.length, 1)
      assert.equal((await events({ limit: 5 })).filter((row) => row.requestId === requestId).length, 1)
      race.wonByOne(both[0].ok)
    }
    race.expectBoth()
  })

  test('of an approval and a rejection at once, one counts, and the device fares accordingly', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const device = makeDevice()
      const { requestId } = await askToPair(gateway, { device, scopes: READER })
      const [approved, rejected] = await race.answers(
        () => alice.request('device.pair.approve', { requestId }),
        () => bob.request('device.pair.reject', { requestId }),
      )
      assert.notEqual(approved.ok, rejected.ok)
      assert.deepEqual((approved.ok ? rejected : approved).error?.details, DECIDED)
      assert.equal((await gateway.open().connect({ device, scopes: READER })).ok, approved.ok)
      race.wonByOne(approved.ok)
    }
    race.expectBoth()
  })

  test('of an approval and a removal of the same device at once, no half of it is left', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { device, token } = await pair(gateway, { scopes: READER })
      const { requestId } = await askToPair(gateway, { device, auth: SHARED, scopes: ['operator.write'] })
      const [approved, removed] = await race.answers(
        () => alice.request('device.pair.approve', { requestId }),
        () => bob.request('device.pair.remove', { deviceId: device.id }),
      )
      assert.equal(removed.ok, true)
      if (!approved.ok) assert.deepEqual(approved.error?.details, DECIDED)
      assert.equal(await rowOf(device.id), undefined)
      const error = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
      assert.equal(error.details?.['authReason'], 'token_removed')
      race.wonByOne(approved.ok)
    }
    race.expectBoth()
  })

  test('an ask at the moment of its approval is let in or asks nothing in vain', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const device = makeDevice()
      const { requestId } = await askToPair(gateway, { device, scopes: READER })
      const approval = alice.request('device.pair.approve', { requestId })
      const again = await gateway.open().connect({ device, scopes: READER })
      assert.equal((await approval).ok, true)

      if (!again.ok) assert.equal(again.error?.details?.['requestId'], requestId)
      assert.equal(
        (await list()).pending.some((row) => row.deviceId === device.id),
        false,
      )
      await gateway.open().hello({ device, scopes: READER })
    }
  })

  test('fifty connects of a new device at once make one request', async () => {
    const device = makeDevice()
    const sockets = Array.from({ length: 50 }, () => gateway.open())
    await Promise.all(sockets.map((socket) => socket.challenge))
    const answers = await Promise.all(sockets.map((socket) => socket.connect({ device, scopes: READER })))

    assert.equal(new Set(answers.map(({ error }) => error?.details?.['requestId'])).size, 1)
    assert.equal((await list()).pending.filter((row) => row.deviceId === device.id).length, 1)
    const told = alice
      .events('device.pair.requested')
      .filter(({ payload }) => payload['deviceId'] === device.id)
    assert.equal(told.length, 1)
  })

  test('fifty different asks of one device at once stay within its limit (T14)', async () => {
    const device = makeDevice()
    const words = 'read approvals questions pairing talk talk.secrets sessions.read sessions.write'.split(' ')
    const answers = await Promise.all(
      Array.from({ length: 48 }, async (_value, at) => {
        const scope = `operator.${words[at % words.length]}`
        return (await gateway.open().connect({ device, scopes: [scope] })).error
      }),
    )
    const ids = answers.map((error) => error?.details?.['requestId']).filter((id) => id !== undefined)
    assert.equal(new Set(ids).size, 4)
    assert.ok(answers.some((error) => error?.details?.['code'] === 'TOO_MANY_PENDING'))
    assert.equal((await list()).pending.filter((row) => row.deviceId === device.id).length, 4)
  })
}
