import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, device, session, use } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

export function describeTransactionMisuse(open: OpenStore): void {
  const numbers = Array.from({ length: 40 }, (_, n) => n)
  const nested = {
    mutate: (store) => store.mutate(async () => undefined),
    noteTokenUse: (store) => store.noteTokenUse([use(1)]),
    forgetRequests: (store) => store.forgetRequests(at(1)),
    close: (store) => store.close(),
  } satisfies Record<string, (store: Awaited<ReturnType<OpenStore>>) => Promise<unknown>>
  for (const [name, call] of Object.entries(nested)) {
    test(
      `waiting for ${name} inside a transaction is refused instead of waiting for ever`,
      withStore(open, async (store) => {
        const waiting = store.mutate(async (tx) => {
          await tx.saveDevice(device(1))
          await call(store)
        })
        await assert.rejects(waiting, /a transaction cannot/)
        assert.deepEqual(await store.read.listDevices(), [])
        await store.mutate((tx) => tx.saveDevice(device(2)))
      }),
    )
  }

  test(
    'a transaction may follow from within what an earlier one has started',
    withStore(open, async (store) => {
      const over = Promise.withResolvers<void>()
      const later = await store.mutate(async () => ({
        done: over.promise.then(() => store.mutate((tx) => tx.saveDevice(device(1)))),
      }))
      over.resolve()
      await later.done
      assert.deepEqual(await store.read.listDevices(), [device(1)])
    }),
  )

  test(
    'a tx that is kept beyond its transaction is refused',
    withStore(open, async (store) => {
      const kept = await store.mutate(async (tx) => ({ tx }))
      await assert.rejects(kept.tx.saveDevice(device(1)), /has ended/)
      await assert.rejects(kept.tx.listDevices(), /has ended/)
      await store.mutate(async (tx) => {
        await assert.rejects(kept.tx.saveDevice(device(1)), /has ended/)
        await tx.saveDevice(device(2))
      })
      assert.deepEqual(await store.read.listDevices(), [device(2)])
    }),
  )

  test(
    'writes that nobody waited for land neither behind the commit nor in the next transaction',
    withStore(open, async (store) => {
      let strays: Promise<unknown> | undefined
      const hasty = store.mutate(async (tx) => {
        strays = Promise.allSettled(numbers.map((n) => tx.saveDevice(device(n))))
      })
      const next = store.mutate((tx) => tx.listDevices())
      await assert.rejects(hasty, /an await is missing/)
      assert.deepEqual(await next, [])
      await strays
      assert.deepEqual(await store.read.listDevices(), [])
    }),
  )

  test(
    'writes beside one that failed land neither behind the rollback nor in the next transaction',
    withStore(open, async (store) => {
      await store.mutate((tx) => tx.insertSession(session(1)))
      const failing = store.mutate((tx) =>
        Promise.all([tx.insertSession(session(1)), ...numbers.map((n) => tx.saveDevice(device(n)))]),
      )
      const next = store.mutate(async (tx) => tx.listDevices())
      await assert.rejects(failing)
      assert.deepEqual(await next, [])
      assert.deepEqual(await store.read.listDevices(), [])
    }),
  )
}
