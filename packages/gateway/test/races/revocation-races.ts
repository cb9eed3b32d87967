import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient, type WireResponse } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'
import { withoutUse } from '../harness/without-use.ts'
import { createRace, type RaceWorld, READER, ROUNDS } from './race-world.ts'

const operatorOf = (deviceId: string) => ({ deviceId, role: 'operator' })

/** What a token still opens at the moment in which it ends. */
export function revocationRaces({ gateway, alice, bob, rowOf, events }: RaceWorld): void {
  test('of a rotation and a revoke at once, the revoke stands', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { device, token, client } = await pair(gateway, { scopes: READER })
      const [rotated, revoked] = await race.answers(
        () => alice.request('device.token.rotate', operatorOf(device.id)),
        () => bob.request('device.token.revoke', operatorOf(device.id)),
      )
      assert.equal(revoked.ok, true)
      if (!rotated.ok) assert.equal(rotated.error?.message, 'device token rotation denied')
      assert.ok((await rowOf(device.id))?.tokens[0]?.revokedAtMs)
      await expectClose(client, 4001, 'device removed')
      assert.equal((await gateway.open().connect({ device, auth: { deviceToken: token } })).ok, false)
      assert.equal((await gateway.open().connect({ device })).ok, false)
      race.wonByOne(rotated.ok)
    }
    race.expectBoth()
  })

  test('of a connect and a revoke at once, no connection outlives the revoke (T23)', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { device, token, client } = await pair(gateway, { scopes: READER })
      await client.end()
      const sockets = Array.from({ length: 4 }, () => gateway.open())
      await Promise.all(sockets.map((socket) => socket.challenge))
      const [connects, revocation] = await race.start(
        () =>
          sockets.map((socket) => answerOf(socket, { device, scopes: READER, auth: { deviceToken: token } })),
        () => alice.post('device.token.revoke', operatorOf(device.id)),
      )
      assert.equal((await alice.response(revocation)).ok, true)
      // Asked after the answer: nobody is let in any more, whatever was remembered of the token.
      const late = gateway.open()
      const refused = await late.connect({ device, scopes: READER, auth: { deviceToken: token } })
      assert.deepEqual([refused.ok, refused.error?.details?.['authReason']], [false, 'token_revoked'])

      const answers = await Promise.all(connects)
      for (const [at, socket] of sockets.entries()) {
        const { code } = await within(socket.closed, () => 'the end of a connection of a revoked device')
        assert.ok(answers[at], 'a connection was closed without an answer')
        assert.ok((answers[at].ok ? [4001] : [1008, 1013]).includes(code), String(code))
      }
      race.wonByOne(answers[0]?.ok === true)
      assert.equal((await rowOf(device.id))?.connected, false)
    }
    race.expectBoth()
  })

  test('of a connect and a removal at once, no connection outlives the removal (T23, T25)', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { device, token, client } = await pair(gateway, { scopes: READER })
      await client.end()
      const socket = gateway.open()
      await socket.challenge
      const [connect, removal] = await race.start(
        () => answerOf(socket, { device, scopes: READER, auth: { deviceToken: token } }),
        () => alice.request('device.pair.remove', { deviceId: device.id }),
      )
      assert.equal((await removal).ok, true)
      await within(socket.closed, () => 'the end of a connection of a removed device')
      assert.equal(await rowOf(device.id), undefined)
      race.wonByOne((await connect)?.ok === true)
    }
    race.expectBoth()
  })

  test('of calls on their way and a revoke at once, none is served after the answer, and none decides (T23)', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { device, token, client } = await pair(gateway, { scopes: ['operator.pairing', ...READER] })
      const second = await connectPaired(gateway, { device, token, scopes: ['operator.pairing'] })
      const label = `round ${round}`
      const [, revocation] = await race.start(
        () => {
          for (const method of ['health', 'device.pair.list', 'health']) client.post(method)
          second.client.post('device.pair.rename', { deviceId: device.id, label })
        },
        () => alice.post('device.token.revoke', operatorOf(device.id)),
      )
      assert.equal((await alice.response(revocation)).ok, true)
      const late = client.isOpen ? [client.post('health'), client.post('device.pair.list')] : []
      const asked = withoutUse(await rowOf(device.id))
      for (const each of [client, second.client]) await expectClose(each, 4001, 'device removed')

      assert.ok(late.every((id) => !isAnswered(client, id)))
      const [newest, before] = await events({ deviceId: device.id, limit: 2 })
      assert.equal(newest?.kind, 'token-revoked', 'a device decided after it was revoked')
      assert.deepEqual(withoutUse(await rowOf(device.id)), asked)
      race.wonByOne(before?.kind === 'device-renamed')
    }
    race.expectBoth()
  })

  test('two connections that fetch a fresh token at once are told the same one', async () => {
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const device = makeDevice()
      const { requestId } = await askToPair(gateway, { device, scopes: READER })
      await alice.call('device.pair.approve', { requestId })
      const hellos = await Promise.all([1, 2, 3].map(() => gateway.open().hello({ device, scopes: READER })))
      assert.equal(new Set(hellos.map(({ auth: granted }) => granted.deviceToken)).size, 1)
    }
  })

  test('two rotations at once leave a device that still gets in', async () => {
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const { device, token } = await pair(gateway, { scopes: READER })
      await Promise.all(
        [alice, bob].map((each) => each.request('device.token.rotate', operatorOf(device.id))),
      )
      const hello = await gateway.open().hello({ device, scopes: READER, auth: { deviceToken: token } })
      const deviceToken = String(hello.auth.deviceToken)
      await gateway.open().hello({ device, scopes: READER, auth: { deviceToken } })
    }
  })
}

/** The answer of a connect, or nothing where the connection ended without one. */
async function answerOf(
  socket: WireClient,
  options: Parameters<WireClient['connect']>[0],
): Promise<WireResponse | undefined> {
  return socket.connect(options).catch(() => undefined)
}

function isAnswered({ received }: WireClient, id: string): boolean {
  return received.some((frame) => frame.type === 'res' && frame.id === id)
}
