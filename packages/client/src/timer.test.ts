import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { pause, withDeadline } from './timer.ts'

const timedOut = (): Error => new Error('too late')

test('a deadline longer than any timer can be does not pass at once', async () => {
  const work = new Promise<string>((done) => setTimeout(done, 20, 'done'))
  assert.equal(await withDeadline(work, { timeoutMs: 1e12, timedOut }), 'done')
})

test('a deadline that has passed lets the work go, also when the work fails later', async () => {
  const work = new Promise<never>((_done, fail) => setTimeout(fail, 20, new Error('late')))
  await assert.rejects(withDeadline(work, { timeoutMs: 1, timedOut }), { message: 'too late' })
  await assert.rejects(work, { message: 'late' })
})

test('nothing listens to a signal any more once the work is done or the waiting is over', async () => {
  const { signal } = new AbortController()
  for (let n = 0; n < 20; n += 1) {
    await withDeadline(Promise.resolve(), { timeoutMs: 1_000, signal, timedOut })
    await pause(0, signal)
  }
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('a pause ends with the reason of the abort', async () => {
  const reason = new Error('enough')
  await assert.rejects(pause(60_000, AbortSignal.abort(reason)), reason)
})
