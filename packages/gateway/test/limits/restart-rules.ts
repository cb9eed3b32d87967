import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Engine } from '../harness/engine.ts'
import { holdTime } from '../harness/hold-time.ts'
import { pair } from '../harness/pair.ts'
import { from, guess, outcome, TOKEN } from './guess.ts'

const RIGHT = { auth: { token: TOKEN } }
const SCOPES = ['operator.read']

/** What a stop and a start on the same database must not change. */
export function restartRules(engine: Engine): void {
  const open = (context: TestContext, limits: object) =>
    engine.openGateway(context, {
      config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'], limits },
    })

  test('ends no lockout, for as long as it was to last', async (t) => {
    const time = holdTime(t)
    const gateway = await open(t, { failuresPerPeer: 10 })
    const peer = from('203.0.113.5')
    await guess(gateway, 12, { open: peer })
    time.advance(200_000)
    await gateway.restart()
    assert.equal(await outcome(gateway, RIGHT, peer), 'AUTH_RATE_LIMITED')
    assert.equal(await outcome(gateway, RIGHT, from('203.0.113.6')), 'ok')
    time.advance(99_999)
    await gateway.restart()
    assert.equal(await outcome(gateway, RIGHT, peer), 'AUTH_RATE_LIMITED')
    time.advance(1)
    assert.equal(await outcome(gateway, RIGHT, peer), 'ok')
  })

  test('gives nobody new tries within the same minute, one by one or together', async (t) => {
    holdTime(t)
    const gateway = await open(t, { failuresPerPeer: 10, failuresInAll: 12 })
    const peer = from('203.0.113.5')
    await guess(gateway, 8, { open: peer })
    await gateway.restart()
    assert.equal((await guess(gateway, 8, { open: peer }))['AUTH_TOKEN_MISMATCH'], 2)
    await gateway.restart()
    const other = from('203.0.113.6')
    assert.equal((await guess(gateway, 8, { open: other }))['AUTH_TOKEN_MISMATCH'], 2)
  })

  test('keeps no device with its own token out, whoever is locked out at its address and in all', async (t) => {
    const gateway = await open(t, { failuresPerPeer: 3, failuresInAll: 5 })
    const { device, token, client } = await pair(gateway, { scopes: SCOPES })
    await client.end()
    const peers = [from('203.0.113.5'), from('203.0.113.6')]
    for (const peer of peers) await guess(gateway, 5, { open: peer })
    await gateway.restart()
    for (const peer of peers) {
      assert.equal(await outcome(gateway, RIGHT, peer), 'AUTH_RATE_LIMITED')
      const own = { device, scopes: SCOPES, auth: { deviceToken: token } }
      assert.equal(await outcome(gateway, own, peer), 'ok')
      // As clients write it that know only one field, and with a wrong guess beside it.
      assert.equal(await outcome(gateway, { ...own, auth: { token } }, peer), 'ok')
    }
  })
}
