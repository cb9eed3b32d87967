import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import type { StoredCounter } from '../ports/store.ts'
import { type CountedAttempt, createGuessLimiter, type GuessLimits } from './guess-limiter.ts'

const GUESSES: GuessLimits = { failuresPerPeer: 3, failuresInAll: 1_000, windowMs: 60, lockMs: 300 }

function openLimiter({
  guesses = {},
  counters = [],
  peers = 10_000,
}: {
  readonly guesses?: Partial<GuessLimits>
  readonly counters?: readonly StoredCounter[]
  readonly peers?: number
} = {}) {
  let now = 1_000
  const clock = { steady: () => now as Instant }
  const limiter = createGuessLimiter({ clock, guesses: { ...GUESSES, ...guesses }, counters, peers })
  const reserve = (prefix: string, network?: string) => limiter.reserve({ prefix, network })
  return {
    limiter,
    reserve,
    /** How many of `tries` are compared. */
    fail: (tries: number, prefix: string, network?: string) =>
      Array.from({ length: tries }, () => reserve(prefix, network)).filter(({ ok }) => ok).length,
    wait(prefix: string, network?: string) {
      const attempt = reserve(prefix, network)
      if (attempt.ok) return 0
      assert.equal(attempt.refusal.reason, 'rate-limited')
      return attempt.refusal.reason === 'rate-limited' ? attempt.refusal.retryAfterMs : -1
    },
    pass(ms: number) {
      now += ms
    },
  }
}

describe('guesses of one peer', () => {
  test('are compared as often as the rule says; then all of its tries are refused until the lock ends', () => {
    const { fail, wait, pass } = openLimiter()
    assert.equal(fail(1_000, 'a'), 3)
    assert.equal(wait('a'), 300)
    pass(299)
    assert.equal(wait('a'), 1)
    pass(1)
    assert.equal(fail(1_000, 'a'), 3)
  })

  test('do not touch another peer', () => {
    const { fail, wait } = openLimiter()
    fail(1_000, 'a')
    assert.equal(wait('b'), 0)
  })

  test('that were right are free, but forgive no wrong one', () => {
    const { fail, reserve, wait } = openLimiter()
    assert.equal(fail(2, 'a'), 2)
    for (let right = 0; right < 50; right += 1) {
      const attempt = reserve('a')
      assert.ok(attempt.ok)
      attempt.value.release()
      attempt.value.release()
    }
    assert.equal(fail(5, 'a'), 1)
    assert.equal(wait('a'), 300)
  })

  test('that turn out right after their window give no free try to the next one', () => {
    const { reserve, fail, pass } = openLimiter()
    const slow = reserve('a')
    assert.ok(slow.ok)
    pass(60)
    assert.equal(fail(1, 'a'), 1)
    slow.value.release()
    assert.equal(fail(5, 'a'), 2)
  })
})

describe('the addresses of one IPv6 customer', () => {
  test('share a budget of the /48 that is wider than that of one /64', () => {
    const { fail, wait } = openLimiter()
    const compared = Array.from({ length: 100 }, (_, n) => fail(10, `2001:db8:0:${n}::/64`, '2001:db8::/48'))
    assert.equal(
      compared.reduce((sum, one) => sum + one),
      15,
    )
    assert.equal(wait('2001:db8:0:ffff::/64', '2001:db8::/48'), 300)
    assert.equal(wait('2001:db9::/64', '2001:db9::/48'), 0)
  })

  test('are not charged for what was refused', () => {
    const { fail, wait } = openLimiter()
    fail(1_000, '2001:db8:0:1::/64', '2001:db8::/48')
    assert.equal(wait('2001:db8:0:2::/64', '2001:db8::/48'), 0)
  })
})

describe('everybody together', () => {
  test('has a budget for one window, whatever the addresses are', () => {
    const { fail, wait, pass } = openLimiter({ guesses: { failuresInAll: 20 } })
    const compared = Array.from({ length: 100 }, (_, n) => fail(2, `peer-${n}`))
    assert.equal(
      compared.reduce((sum, one) => sum + one),
      20,
    )
    assert.equal(wait('unrelated'), 60)
    pass(60)
    assert.equal(wait('unrelated'), 0)
  })

  test('is not used up by a peer that is locked already', () => {
    const { fail, wait } = openLimiter({ guesses: { failuresInAll: 20 } })
    fail(1_000, 'a')
    assert.equal(wait('unrelated'), 0)
  })
})

describe('the memory of peers', () => {
  test('is bounded, and forgets nobody who still counts: the others share one counter', () => {
    const { limiter, fail, wait } = openLimiter({ peers: 10 })
    fail(3, 'locked')
    for (let n = 0; n < 9; n += 1) fail(1, `peer-${n}`)
    assert.equal(limiter.size, 10)
    const compared = Array.from({ length: 100 }, (_, n) => fail(1, `other-${n}`))
    assert.equal(
      compared.reduce((sum, one) => sum + one),
      15,
    )
    assert.equal(limiter.size, 10)
    assert.equal(wait('locked'), 300)
    assert.equal(wait('peer-1'), 0)
  })

  test('takes a new peer in the place of one whose window is over', () => {
    const { limiter, fail, pass } = openLimiter({ peers: 2 })
    fail(1, 'a')
    fail(1, 'b')
    pass(60)
    assert.equal(fail(5, 'c'), 3)
    assert.equal(limiter.size, 2)
  })

  test('keeps nothing of peers that only ever were right', () => {
    const { limiter, reserve } = openLimiter()
    for (let n = 0; n < 100; n += 1) {
      const attempt = reserve(`peer-${n}`)
      assert.ok(attempt.ok)
      attempt.value.release()
    }
    assert.equal(limiter.size, 0)
    assert.deepEqual(limiter.takeChanges(), { changed: [], forgotten: 0 })
  })
})

describe('what is written down', () => {
  test('is each counter that changed, once', () => {
    const { limiter, fail } = openLimiter()
    fail(1, 'a')
    fail(5, 'b')
    const counts = limiter.takeChanges().changed.map(({ key, failures }) => [key, failures])
    assert.deepEqual(counts, [
      ['a', 1],
      ['everybody', 4],
      ['b', 3],
    ])
    assert.deepEqual(limiter.takeChanges(), { changed: [], forgotten: 0 })
  })

  test('comes back after a failed write, as it is by then', () => {
    const { limiter, fail } = openLimiter()
    fail(1, 'a')
    const { changed } = limiter.takeChanges()
    fail(1, 'a')
    limiter.takeChanges()
    limiter.putBack(changed)
    assert.equal(limiter.takeChanges().changed.find(({ key }) => key === 'a')?.failures, 2)
  })

  test('locks the same peers, and the same everybody, after a restart', () => {
    const first = openLimiter({ guesses: { failuresInAll: 5 } })
    first.fail(3, 'a')
    const { changed } = first.limiter.takeChanges()
    const second = openLimiter({ guesses: { failuresInAll: 5 }, counters: changed })
    assert.equal(second.wait('a'), 300)
    assert.equal(second.fail(9, 'b'), 2)
  })

  test('is told when counters are over, so that their rows can go', () => {
    const { limiter, fail, pass } = openLimiter()
    fail(1, 'a')
    limiter.takeChanges()
    pass(60)
    assert.deepEqual(limiter.takeChanges(), { changed: [], forgotten: 2 })
    assert.equal(limiter.size, 0)
  })
})

type Move =
  | { readonly do: 'try'; readonly peer: number }
  | { readonly do: 'settle'; readonly attempt: number; readonly right: boolean }
  | { readonly do: 'pass'; readonly ms: number }

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('try' as const), peer: fc.nat(4) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('settle' as const), attempt: fc.nat(30), right: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(80) }) },
)

test('whatever the interleaving, no peer and not all together get more comparisons than their budgets', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 200 }), fc.boolean(), (moves, crowded) => {
      const limits = { failuresPerPeer: 3, failuresInAll: 8 }
      const { limiter, reserve, pass } = openLimiter({ guesses: limits, peers: crowded ? 2 : 100 })
      let now = 0
      const waiting: { readonly attempt: CountedAttempt; readonly at: number; readonly peer: number }[] = []
      /** Comparisons that failed, or that may still: only those that were right are taken out. */
      const spent: (typeof waiting)[number][] = []
      for (const one of moves) {
        if (one.do === 'pass') {
          now += one.ms
          pass(one.ms)
        } else if (one.do === 'try') {
          const attempt = reserve(`peer-${one.peer}`)
          if (!attempt.ok) continue
          const entry = { attempt: attempt.value, at: now, peer: one.peer }
          waiting.push(entry)
          spent.push(entry)
        } else {
          const [entry] = waiting.splice(one.attempt % Math.max(1, waiting.length), 1)
          if (!entry || !one.right) continue
          entry.attempt.release()
          spent.splice(spent.indexOf(entry), 1)
        }
        assert.ok(limiter.size <= (crowded ? 2 : 100))
        const recent = spent.filter(({ at }) => now - at < GUESSES.windowMs)
        const atOnce = spent.filter(({ at }) => at === now)
        for (const peer of [0, 1, 2, 3, 4]) {
          const own = ({ peer: other }: (typeof spent)[number]) => other === peer
          // Two windows can touch: one's last tries and the next one's first.
          if (!crowded) assert.ok(recent.filter(own).length < 2 * limits.failuresPerPeer)
          if (!crowded) assert.ok(atOnce.filter(own).length <= limits.failuresPerPeer)
        }
        assert.ok(recent.length < 2 * limits.failuresInAll)
        assert.ok(atOnce.length <= limits.failuresInAll)
      }
    }),
    { numRuns: 300 },
  )
})
