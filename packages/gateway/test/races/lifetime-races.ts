import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExtendResult, MoveResult } from '@pairgate/protocol/wire'
import { holdSweepers, holdTime } from '../harness/hold-time.ts'
import { connectPaired, pair } from '../harness/pair.ts'
import { expectClose, type Hello } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'
import { createRace, type RaceWorld, READER, ROUNDS } from './race-world.ts'

const operatorOf = (deviceId: string) => ({ deviceId, role: 'operator' })
const US = { extended: true }
const HOUR = 3_600_000

/** A token that is changed while it ends, or while somebody comes in with it. */
export function lifetimeRaces({ engine, gateway, alice, bob, rowOf }: RaceWorld): void {
  test('of an extension and a revoke at once, the revoke stands', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const approval = { expiresInMs: HOUR }
      const { device, token, client } = await pair(gateway, { scopes: READER, approval })
      const [extended, revoked] = await race.answers(
        () => alice.request('device.token.extend', { ...operatorOf(device.id), expiresInMs: null }),
        () => bob.request('device.token.revoke', operatorOf(device.id)),
      )
      assert.equal(revoked.ok, true)
      if (!extended.ok) assert.equal(extended.error?.message, 'device token extension denied')
      assert.ok((await rowOf(device.id))?.tokens[0]?.revokedAtMs)
      await expectClose(client, 4001, 'device removed')
      const ask = { device, scopes: READER, auth: { deviceToken: token } }
      const { ok, error } = await gateway.open().connect(ask)
      assert.deepEqual([ok, error?.details?.['authReason']], [false, 'token_revoked'])
      race.wonByOne(extended.ok)
    }
    race.expectBoth()
  })

  test('of a connect and a move at once, no connection stays in the session that was left (T23)', async () => {
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const { device, token, client } = await pair(gateway, { scopes: READER, ...US })
      await client.end()
      const sockets = Array.from({ length: 4 }, () => gateway.open())
      await Promise.all(sockets.map((socket) => socket.challenge))
      const ask = { device, scopes: READER, auth: { deviceToken: token }, ...US }
      const [connects, moving] = await race.start(
        () => sockets.map((socket) => socket.connect(ask).catch(() => undefined)),
        () => alice.call<MoveResult>('device.token.move', { ...operatorOf(device.id), session: 'new' }),
      )
      const { session } = await moving
      const late = await connectPaired(gateway, { device, token, scopes: READER, ...US })
      assert.equal(late.hello.auth.session, session)

      let stayed = 0
      for (const [at, answer] of (await Promise.all(connects)).entries()) {
        const socket = sockets[at]
        assert.ok(socket && answer, 'a connection was closed without an answer')
        const isInside = answer.ok && (answer.payload as Hello).auth.session === session
        // Whoever read the move before this instance heard of it is closed with the others, and comes again.
        const stands = isInside && (await socket.request('status').catch(() => undefined))?.ok === true
        if (stands) {
          await socket.end()
        } else {
          const { code } = await within(socket.closed, () => 'the end of a connection of the old session')
          assert.ok((answer.ok ? [4001] : [1008, 1013]).includes(code), String(code))
          if (answer.ok) stayed += 1
        }
      }
      await late.client.end()
      race.wonByOne(stayed > 0)
    }
    race.expectBoth()
  })

  test('of an extension and the deadline at once: the token has the new time, and so has each connection that stands', async (t) => {
    const time = holdTime(t)
    const sweep = holdSweepers(t)
    const own = await engine.openGateway(t)
    const owner = await own.owner()
    const race = createRace()
    for (let round = 0; round < ROUNDS; round += 1) {
      const approval = { expiresInMs: HOUR }
      const { device, token, client } = await pair(own, { scopes: READER, approval })
      time.advance(HOUR - 1)
      const [extending] = await race.start(
        () =>
          owner.call<ExtendResult>('device.token.extend', {
            ...operatorOf(device.id),
            expiresInMs: 2 * HOUR,
          }),
        () => {
          time.advance(1)
          sweep()
        },
      )
      const { expiresAtMs } = await extending
      const { client: again, hello } = await connectPaired(own, { device, token, scopes: READER, ...US })
      assert.equal(hello.auth.expiresAtMs, expiresAtMs)
      const stands = client.isOpen && (await client.request('status').catch(() => undefined))?.ok === true
      if (!stands) await expectClose(client, 4001, 'token expired')

      time.advance(Number(expiresAtMs) - Date.now())
      sweep()
      for (const each of stands ? [client, again] : [again]) await expectClose(each, 4001, 'token expired')
      race.wonByOne(stands)
    }
    race.expectBoth()
  })
}
