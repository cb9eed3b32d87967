import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import { createUsedProofs, type ProofMark } from './used-proofs.ts'

const START = 1_700_000_000_000

/** Proofs that are judged by a clock which is moved by hand. */
function remembering(room?: number) {
  let [wall, ticks, drawn] = [START, 0, 0]
  const used = createUsedProofs({
    clock: { wall: () => wall as Instant, ticks: () => ticks },
    random: { salt: () => `nonce ${++drawn}` },
    ...(room !== undefined && { room }),
  })
  return {
    ...used,
    /** Both clocks go on, or one of them is set. */
    pass(ms: number, isSet = false): void {
      wall += ms
      if (!isSet) ticks += ms
    },
    now: () => wall,
    /** Whether a proof is let through. */
    show: (proof: ProofMark): boolean => used.judge(proof) === 'fresh' && used.use(proof),
  }
}
const proof = (id: string, issuedAt: number, nonce?: string): ProofMark => ({ id, issuedAt, nonce })

describe('proofs that were used', () => {
  test('a proof is taken once', () => {
    const { show, pass, now } = remembering()
    pass(10_000)
    assert.equal(show(proof('a', now())), true)
    assert.equal(show(proof('a', now())), false)
    assert.equal(show(proof('b', now())), true)
  })

  test('a proof is good from five seconds before its time until a minute after it', () => {
    const { judge, pass, now } = remembering()
    pass(600_000)
    const verdicts = [-60_001, -60_000, 5_000, 5_001].map((off) => judge(proof('a', now() + off)))
    assert.deepEqual(verdicts, ['stale', 'fresh', 'fresh', 'stale'])
  })

  test('what may have been used before a start is asked for a nonce', () => {
    const { judge, show, nonce, pass } = remembering()
    assert.equal(judge(proof('a', START)), 'nonce-needed')
    assert.equal(judge(proof('a', START + 5_000)), 'nonce-needed')
    assert.equal(judge(proof('a', START, 'nonce of the time before')), 'nonce-needed')
    assert.equal(show(proof('a', START, nonce())), true)
    pass(1)
    assert.equal(show(proof('a', START, nonce())), false)
    assert.equal(judge(proof('b', START + 5_001)), 'fresh')
  })

  test('a nonce holds for as long as it takes to answer it, and no longer than a minute', () => {
    const { judge, nonce, pass } = remembering()
    const told = nonce()
    pass(31_000)
    assert.notEqual(nonce(), told)
    assert.equal(judge(proof('a', START, told)), 'fresh')
    pass(31_000)
    assert.equal(judge(proof('a', START + 5_000, told)), 'nonce-needed')
  })

  test('a proof that was forgotten for want of room needs a nonce that is younger', () => {
    const { judge, show, nonce, pass, now } = remembering(2)
    pass(10_000)
    const old = nonce()
    for (const id of ['a', 'b', 'c']) {
      assert.equal(show(proof(id, now(), old)), true)
      pass(1)
    }
    const first = proof('a', now() - 3, old)
    assert.equal(judge(first), 'nonce-needed')
    assert.equal(show(proof('a2', now() - 3, nonce())), true)
    assert.equal(show(proof('d', now())), true)
  })

  test('a clock that is set back brings no proof back to life', () => {
    const { judge, show, pass, now } = remembering()
    pass(10_000)
    const first = proof('a', now())
    assert.equal(show(first), true)
    pass(66_000)
    assert.equal(show(proof('b', now())), true)
    pass(-66_000, true)
    assert.equal(judge(first), 'nonce-needed')
  })

  test('whatever the clock and the room do, no proof is taken twice', () => {
    const step = fc.record({
      pass: fc.constantFrom(0, 1, 1_000, 5_000, 30_000, 61_000, 66_000),
      isSet: fc.boolean(),
      isBack: fc.boolean(),
      id: fc.integer({ min: 0, max: 6 }),
      age: fc.constantFrom(-5_000, 0, 1, 5_000, 60_000),
      withNonce: fc.constantFrom('none', 'fresh', 'first'),
      again: fc.nat(10),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, room) => {
        const { pass, show, nonce, now } = remembering(room)
        const first = nonce()
        const taken = new Set<string>()
        const made: ProofMark[] = []
        for (const { pass: ms, isSet, isBack, id, age, withNonce, again } of steps) {
          pass(isSet && isBack ? -ms : ms, isSet)
          const held = withNonce === 'none' ? undefined : withNonce === 'first' ? first : nonce()
          // A key signs one `jti` with one time and one nonce; what is shown twice is the very same proof.
          made.push(proof(`${id} ${made.length}`, now() - age, held))
          const shown = made[Math.max(0, made.length - 1 - again)]
          if (shown && show(shown)) {
            assert.equal(taken.has(shown.id), false)
            taken.add(shown.id)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
