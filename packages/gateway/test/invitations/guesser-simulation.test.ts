import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Invitation } from '@pairgate/core'
import { PAIR_CODES, pairCodeOf } from '@pairgate/protocol'
import { makeDevice, openWorld, type World } from '../properties/core-world.ts'

const SEEDS = Number(process.env['PAIRGATE_GUESS_SEEDS'] ?? 2)
const SECONDS = 600
const TRIES_A_SECOND = 1_000
const ADDRESSES = 200
const OWNER_AT = '203.0.113.5'
const READ = ['operator.read']

/** Small numbers that look random and are the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

async function inviteOf(world: World, withCode: boolean) {
  const made = await world.core.createInvitation(world.owner, { roles: ['operator'], scopes: READ, withCode })
  assert.ok(made.ok)
  return made.value
}

/** One second of a guesser: from several addresses, with one key each. */
async function guessFor(
  world: World,
  attackers: readonly ReturnType<typeof makeDevice>[],
  roll: (below: number) => number,
) {
  for (let n = 0; n < TRIES_A_SECOND; n += 1) {
    const at = roll(ADDRESSES)
    const device = attackers[at % attackers.length] ?? assert.fail()
    const bootstrapToken = pairCodeOf(roll(PAIR_CODES))
    const answer = await world.connect(device, { scopes: [], bootstrapToken, from: `198.51.100.${at}` })
    assert.equal(answer.ok, false, 'a guesser came in')
    world.pass(1)
  }
}

/** The owner pairs one phone by a link and one by its code, with one look at the words. */
async function pairPhones(world: World): Promise<void> {
  const link = await inviteOf(world, false)
  const first = makeDevice()
  const joined = await world.connect(first, { scopes: [], bootstrapToken: link.secret, from: OWNER_AT })
  assert.ok(joined.ok)

  const { invitation, code } = await inviteOf(world, true)
  const phone = makeDevice()
  const typed = { scopes: [], bootstrapToken: code, from: OWNER_AT }
  const asked = await world.connect(phone, typed)
  assert.ok(!asked.ok && asked.refusal.reason === 'pairing-required', JSON.stringify(asked))
  const confirmed = await confirm(world, invitation, asked.refusal.request.id)
  assert.ok(confirmed.ok)
  assert.ok((await world.connect(phone, typed)).ok)
}

const confirm = (
  world: World,
  { id }: Invitation,
  requestId: Parameters<World['core']['confirmInvitation']>[1]['requestId'],
) => world.core.confirmInvitation(world.owner, { id, requestId })

test('a thousand guesses a second for ten minutes let nobody in, and the owner pairs his phones meanwhile', async (t) => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    // Signatures are believed: each of these tries would only make the test wait for one.
    const world = await openWorld(undefined, { believesSignatures: true })
    const roll = dice(seed)
    const attackers = Array.from({ length: 20 }, makeDevice)
    await inviteOf(world, true)
    for (let second = 0; second < SECONDS; second += 1) {
      await guessFor(world, attackers, roll)
      if (second === 120 || second === 450) await pairPhones(world)
    }
    const devices = await world.store.read.listDevices()
    assert.equal(devices.length, 4, 'somebody else was paired')
    assert.equal(
      world.news.filter(({ kind }) => kind === 'guessing').length,
      1,
      'operators were not told once',
    )
    assert.equal(world.core.codeGuessing().demoted, true)
    await world.close()
    t.diagnostic(`seed ${seed}: ${SECONDS * TRIES_A_SECOND} tries`)
  }
})
