import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hours, type Instant, minutes, PAIR_CODES, seconds } from '@pairgate/protocol'
import { DEMOTED_FROM, readWrongTries, writeWrongTries } from '../domain/wrong-tries.ts'
import { createCodeLimiter } from './code-limiter.ts'

const START = 1_800_000_000_000
const YEAR_MS = hours(365 * 24)
/** Codes that may be active at once. */
const ACTIVE_CODES = 3

function openLimiter(options: { readonly peers?: number } = {}) {
  let time = START as Instant
  const clock = { steady: () => time }
  const limiter = createCodeLimiter({ clock, wrongTries: undefined, ...options })
  const tryFrom = (prefix: string, network?: string) => limiter.reserve({ prefix, network })
  /** A wrong code from there; answers whether it was compared, and whether a right one would only have asked. */
  function guess(prefix: string, network?: string): 'refused' | 'demoted' | 'compared' {
    const counted = tryFrom(prefix, network)
    if (!counted.ok) return 'refused'
    counted.value.wrong()
    return counted.value.demoted ? 'demoted' : 'compared'
  }
  return {
    limiter,
    tryFrom,
    guess,
    pass: (ms: number) => {
      time = (time + ms) as Instant
    },
    now: () => time,
  }
}

test('a peer has three tries, and then waits until they are forgotten', () => {
  const { guess, pass } = openLimiter()
  assert.deepEqual(
    [1, 2, 3, 4].map(() => guess('192.0.2.1')),
    ['compared', 'compared', 'compared', 'refused'],
  )
  pass(minutes(5) - 1)
  assert.equal(guess('192.0.2.1'), 'refused')
  pass(1)
  assert.equal(guess('192.0.2.1'), 'compared')
})

test('from the fifth wrong one on codes are demoted, whoever sent them, and an hour forgets one', () => {
  const { guess, pass, limiter } = openLimiter()
  const peers = Array.from({ length: DEMOTED_FROM }, (_, n) => `192.0.2.${n}`)
  assert.deepEqual(new Set(peers.map((peer) => guess(peer))), new Set(['compared']))
  assert.equal(guess('198.51.100.1'), 'demoted')
  assert.deepEqual(limiter.guessing(), { wrongTries: 6, demoted: true })
  pass(hours(1))
  assert.deepEqual(limiter.guessing(), { wrongTries: 5, demoted: true })
  pass(hours(1))
  assert.equal(guess('198.51.100.2'), 'compared')
})

test('tries whose outcome nobody knows yet count: of many at once five are compared undemoted', () => {
  const { tryFrom } = openLimiter()
  const all = Array.from({ length: 25 }, (_, n) => tryFrom(`192.0.2.${n}`))
  const undemoted = all.filter((one) => one.ok && !one.value.demoted)
  assert.equal(undemoted.length, DEMOTED_FROM)
  for (const one of all) if (one.ok) one.value.right()
  const next = tryFrom('198.51.100.1')
  assert.equal(next.ok && next.value.demoted, false)
})

test('a try ends once, however often it is said how', () => {
  const { tryFrom, limiter } = openLimiter()
  const counted = tryFrom('192.0.2.1')
  assert.ok(counted.ok)
  counted.value.wrong()
  counted.value.wrong()
  counted.value.right()
  assert.equal(limiter.wrongTries().count, 1)
})

test('thirty are compared a minute in all, but the first one of a peer always is while codes are demoted', () => {
  const { guess, pass } = openLimiter()
  for (let n = 0; n < 10; n += 1) for (let again = 0; again < 3; again += 1) guess(`192.0.2.${n}`)
  assert.deepEqual([guess('198.51.100.1'), guess('198.51.100.1')], ['demoted', 'refused'])
  pass(seconds(60))
  assert.equal(guess('198.51.100.1'), 'demoted')
})

test('an IPv6 /48 has five times as many tries as a /64, also first ones', () => {
  const { guess } = openLimiter()
  const from = (n: number) => guess(`2001:db8:1:${n}::/64`, '2001:db8:1::/48')
  const outcomes = Array.from({ length: 40 }, (_, n) => from(n))
  assert.equal(outcomes.filter((one) => one !== 'refused').length, 15)
})

test('peers that nobody has room to remember share one counter, and none of them is ever the first', () => {
  const { guess } = openLimiter({ peers: 4 })
  const outcomes = Array.from({ length: 60 }, (_, n) => guess(`192.0.2.${n}`))
  const compared = outcomes.filter((one) => one !== 'refused').length
  assert.ok(compared >= 15 && compared <= 30, `${compared} were compared`)
})

test('a flood is forgotten within a day and an hour or five, however long it was', () => {
  const { guess, pass, limiter } = openLimiter()
  for (let n = 0; n < 5_000; n += 1) guess(`192.0.2.${n}`)
  pass(hours(25))
  assert.equal(limiter.guessing().demoted, false)
})

test('what counts survives a restart, and a clock that was wrong once demotes nothing for ever', () => {
  const { limiter, guess, now } = openLimiter()
  for (let n = 0; n < 7; n += 1) guess(`192.0.2.${n}`)
  const stored = readWrongTries(writeWrongTries(limiter.wrongTries()))
  const again = createCodeLimiter({ clock: { steady: now }, wrongTries: stored })
  assert.deepEqual(again.guessing(), { wrongTries: 7, demoted: true })
  for (const text of ['', 'x', '1', '1 y', '1.5 2']) assert.equal(readWrongTries(text), undefined)
  const ahead = { count: 7, since: (now() + hours(24 * 365)) as Instant }
  let time = now()
  const wrong = createCodeLimiter({ clock: { steady: () => time }, wrongTries: ahead })
  assert.equal(wrong.guessing().demoted, true)
  // The first look corrects it.
  wrong.wrongTries()
  time = (time + hours(3)) as Instant
  assert.equal(wrong.guessing().demoted, false)
})

test('who guesses patiently for a year, below the demotion, compares as often as docs/security.md says', () => {
  const { limiter, pass, now } = openLimiter()
  const until = now() + YEAR_MS
  let compared = 0
  let peer = 0
  while (now() < until) {
    if (limiter.guessing().demoted) {
      pass(minutes(10))
      continue
    }
    // Another address each time, so that only the budget of everybody binds.
    peer += 1
    const counted = limiter.reserve({ prefix: `peer-${peer}`, network: undefined })
    assert.ok(counted.ok && !counted.value.demoted)
    counted.value.wrong()
    compared += 1
  }
  const chance = (compared * ACTIVE_CODES) / PAIR_CODES
  assert.ok(compared >= 8_760 && compared <= 8_766, `${compared} guesses`)
  assert.ok(chance < 0.027, `${chance}`)
})
