import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import type { Store, StoredCounter } from '../ports/store.ts'
import { createGuessLimiter } from './guess-limiter.ts'
import { createKeepCounters } from './keep-counters.ts'

const guesses = { failuresPerPeer: 3, failuresInAll: 100, windowMs: 60, lockMs: 300 }

function open() {
  let now = 1_000 as Instant
  let broken = false
  const clock = { steady: () => now }
  const written: (readonly string[])[] = []
  const store: Pick<Store, 'mergeCounters'> = {
    async mergeCounters(counters: readonly StoredCounter[], over) {
      if (broken) throw new Error('the disk is full')
      assert.deepEqual(over, { now, windowMs: 60 })
      written.push(counters.map(({ key, failures }) => `${key} ${failures}`))
    },
  }
  const limiter = createGuessLimiter({ clock, guesses, counters: [] })
  return {
    limiter,
    written,
    keep: createKeepCounters({ limiter, store, clock, guesses }),
    pass: (ms: number) => {
      now = (now + ms) as Instant
    },
    breakDisk: (is: boolean) => {
      broken = is
    },
  }
}

test('nothing is written while nobody guesses', async () => {
  const { keep, written } = open()
  await keep()
  assert.deepEqual(written, [])
})

test('what changed is written once, and once more when it is over, to have its rows deleted', async () => {
  const { limiter, keep, written, pass } = open()
  limiter.reserve({ prefix: 'a', network: undefined })
  await keep()
  await keep()
  pass(60)
  await keep()
  await keep()
  assert.deepEqual(written, [['a 1', 'everybody 1'], []])
})

test('what could not be written is written by the next call that can', async () => {
  const { limiter, keep, written, breakDisk } = open()
  limiter.reserve({ prefix: 'a', network: undefined })
  breakDisk(true)
  await assert.rejects(keep(), /disk is full/)
  limiter.reserve({ prefix: 'b', network: undefined })
  breakDisk(false)
  await keep()
  assert.deepEqual(new Set(written.flat()), new Set(['a 1', 'b 1', 'everybody 2']))
})
