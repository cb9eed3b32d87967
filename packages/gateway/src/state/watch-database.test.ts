import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSqliteStore, StoreUnavailable } from '@pairgate/store'
import { createLog } from '../platform/log.ts'
import { watchDatabase } from './watch-database.ts'

/** A real database whose reads can be held up, and timers that are moved by hand. */
async function openWatch(context: { after(cleanUp: () => Promise<void>): void }) {
  const store = await openSqliteStore({ path: ':memory:' })
  context.after(() => store.close())
  const lines: string[] = []
  const due = new Set<() => void>()
  let held: Promise<void> | undefined
  let asked = 0
  const read = {
    ...store.read,
    async headSeq() {
      asked += 1
      await held
      return store.read.headSeq()
    },
  }
  const watch = watchDatabase({
    store: { ...store, read },
    log: createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    timers: {
      every: () => () => undefined,
      after(_ms, work) {
        due.add(work)
        return () => void due.delete(work)
      },
    },
  })
  return {
    watch,
    lines,
    asked: () => asked,
    hold() {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      held = promise
      return {
        release() {
          held = undefined
          resolve()
        },
        fail() {
          held = undefined
          reject(new StoreUnavailable('slow', undefined))
        },
      }
    },
    /** A second passes. */
    pass() {
      for (const work of due) {
        due.delete(work)
        work()
      }
    },
  }
}

test('a database is asked once a second, however many want to know', async (context) => {
  const { watch, asked, pass } = await openWatch(context)
  const answers = await Promise.all(Array.from({ length: 50 }, () => watch.check()))
  assert.ok(answers.every(Boolean))
  assert.equal(asked(), 1)
  pass()
  assert.equal(await watch.check(), true)
  assert.equal(asked(), 2)
})

test('a database that hangs is not ready after a second, and is not asked again before it answers', async (context) => {
  const { watch, asked, hold, pass } = await openWatch(context)
  const hung = hold()
  const first = watch.check()
  pass()
  assert.equal(await first, false)
  assert.equal(await watch.check(), false)
  pass()
  assert.equal(await watch.check(), false)
  assert.equal(asked(), 1)
  hung.release()
  while (!(await watch.check())) await new Promise(setImmediate)
  assert.equal(asked(), 1)
})

test('a failure that was seen since the last good answer counts', async (context) => {
  const { watch, hold, lines } = await openWatch(context)
  assert.equal(await watch.check(), true)
  const hung = hold()
  const reading = watch.store.read.headSeq()
  hung.fail()
  await assert.rejects(reading, StoreUnavailable)
  assert.equal(await watch.check(), false)
  assert.equal(lines.length, 1)
})
