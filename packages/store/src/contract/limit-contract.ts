import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StoredCounter } from '@pairgate/core'
import { at } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const WINDOW_MS = 100
const over = (now: number) => ({ now: at(now), windowMs: WINDOW_MS })

function counter(key: string, changes: Partial<StoredCounter> = {}): StoredCounter {
  return { key, failures: 3, windowStart: at(1_000), lockedUntil: undefined, ...changes }
}

export function describeLimits(open: OpenStore): void {
  describe('counters of guesses', () => {
    test(
      'come back as they were written, those that count longest first, and no more than asked for',
      withStore(open, async (store) => {
        const locked = counter('192.0.2.1', { failures: 10, lockedUntil: at(9_000) })
        const younger = counter('2001:db8::/64', { windowStart: at(1_050) })
        await store.mergeCounters([counter('loopback'), locked, younger], over(1_050))
        assert.deepEqual(await store.read.listCounters(10), [locked, younger, counter('loopback')])
        assert.deepEqual(await store.read.listCounters(1), [locked])
      }),
    )

    test(
      'are deleted when their window or their lock is over, and not a millisecond before',
      withStore(open, async (store) => {
        const locked = counter('locked', { lockedUntil: at(1_300) })
        await store.mergeCounters([counter('window'), locked], over(1_000))
        await store.mergeCounters([], over(1_099))
        assert.deepEqual(await store.read.listCounters(10), [locked, counter('window')])
        await store.mergeCounters([], over(1_100))
        await store.mergeCounters([], over(1_299))
        assert.deepEqual(await store.read.listCounters(10), [locked])
        await store.mergeCounters([], over(1_300))
        assert.deepEqual(await store.read.listCounters(10), [])
      }),
    )

    test(
      'are merged so that no later write can shorten a lock, forget a window or lower its count',
      withStore(open, async (store) => {
        const stored = counter('a', { failures: 10, lockedUntil: at(9_000) })
        await store.mergeCounters([stored], over(1_000))
        const weaker = [
          counter('a', { failures: 2 }),
          counter('a', { failures: 10, lockedUntil: at(8_000) }),
          counter('a', { failures: 99, windowStart: at(999) }),
        ]
        for (const one of weaker) await store.mergeCounters([one], over(1_000))
        assert.deepEqual(await store.read.listCounters(10), [stored])

        const more = counter('a', { failures: 11 })
        await store.mergeCounters([more], over(1_000))
        assert.deepEqual(await store.read.listCounters(10), [{ ...more, lockedUntil: at(9_000) }])

        const later = counter('a', { failures: 1, windowStart: at(2_000) })
        await store.mergeCounters([later], over(2_000))
        assert.deepEqual(await store.read.listCounters(10), [{ ...later, lockedUntil: at(9_000) }])
      }),
    )

    test(
      'begin anew once they are over, whatever was counted before',
      withStore(open, async (store) => {
        await store.mergeCounters([counter('a', { failures: 10, lockedUntil: at(1_200) })], over(1_000))
        const fresh = counter('a', { failures: 1, windowStart: at(1_200) })
        await store.mergeCounters([fresh], over(1_200))
        assert.deepEqual(await store.read.listCounters(10), [fresh])
      }),
    )

    test(
      'are written all or not at all',
      withStore(open, async (store) => {
        const bad = counter('bad', { failures: 0 })
        await assert.rejects(store.mergeCounters([counter('good'), bad], over(1_000)))
        assert.deepEqual(await store.read.listCounters(10), [])
      }),
    )
  })
}
