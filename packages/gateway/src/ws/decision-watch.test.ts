import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PairingNews } from '@pairgate/core'
import type { Timers } from '../platform/timers.ts'
import { createDecisionWatches } from './decision-watch.ts'

/** Timers that fire by hand. */
function handTimers() {
  const running = new Set<() => void>()
  const timers: Timers = {
    every: () => assert.fail('nothing here is repeated'),
    after(_ms, work) {
      running.add(work)
      return () => running.delete(work)
    },
  }
  return { timers, running }
}

function resolved(requestId: string): PairingNews {
  return { kind: 'resolved', requestId, deviceId: 'd', decision: 'approved', at: 1 } as PairingNews
}

/** Whether the promise has settled by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<false>((no) => setImmediate(no, false))])
}

test('word that comes between the look and the wait ends the wait', async () => {
  const { timers, running } = handTimers()
  const watches = createDecisionWatches({ timers })
  const watch = watches.open('r')
  watches.tell(resolved('r'))
  assert.equal(await isOver(watch.changed(1_000)), true)
  assert.equal(await isOver(watch.changed(1_000)), false)
  assert.equal(running.size, 1)
})

test('only word of its own request ends a wait, and of two waits both', async () => {
  const { timers, running } = handTimers()
  const watches = createDecisionWatches({ timers })
  const waits = [watches.open('r'), watches.open('r')].map((watch) => watch.changed(1_000))
  watches.tell(resolved('other'))
  watches.tell({ kind: 'changed', deviceId: 'd' } as PairingNews)
  for (const wait of waits) assert.equal(await isOver(wait), false)
  watches.tell(resolved('r'))
  for (const wait of waits) assert.equal(await isOver(wait), true)
  assert.equal(running.size, 0)
})

test('the deadline ends a wait, and whatever ends one leaves no timer', async () => {
  const { timers, running } = handTimers()
  const watch = createDecisionWatches({ timers }).open('r')
  const late = watch.changed(1_000)
  for (const work of running) work()
  assert.equal(await isOver(late), true)
  const left = watch.changed(1_000)
  watch.wake()
  assert.equal(await isOver(left), true)
  assert.equal(running.size, 0)
})

test('a watch that was closed hears nothing, and the next one of the same request does', async () => {
  const { timers } = handTimers()
  const watches = createDecisionWatches({ timers })
  const watch = watches.open('r')
  watch.close()
  const next = watches.open('r')
  watch.close()
  watches.tell(resolved('r'))
  assert.equal(await isOver(watch.changed(1_000)), false)
  assert.equal(await isOver(next.changed(1_000)), true)
})
