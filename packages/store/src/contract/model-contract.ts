import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '@pairgate/core'
import fc from 'fast-check'
import { randomSteps, type Step } from './random-steps.ts'
import { at } from './sample-records.ts'
import { apply, assertSame, emptyModel, forget, forgetAccess, type Model, noteUses } from './store-model.ts'
import type { OpenStore } from './with-store.ts'

const NOW = at(50)

export function describeAgainstModel(open: OpenStore, lives: number): void {
  test('after any sequence of operations a store holds what a few maps would hold', async () => {
    const property = fc.asyncProperty(randomSteps, async (steps) => {
      const store = await open()
      try {
        let model = emptyModel()
        for (const step of steps) {
          model = await take(step, store, model)
          await assertSame(store.read, model, NOW)
        }
      } finally {
        await store.close()
      }
    })
    await fc.assert(property, { numRuns: lives })
  })
}

async function take(step: Step, store: Store, model: Model): Promise<Model> {
  const next = structuredClone(model)
  switch (step.step) {
    case 'note':
      noteUses(next, step.uses)
      await store.noteTokenUse(step.uses)
      return next
    case 'forget':
      forget(next, step.before)
      await store.forgetRequests(step.before)
      return next
    case 'forget-access':
      forgetAccess(next, step.before)
      await store.forgetAccessTokens(step.before)
      return next
    case 'transaction':
      return takeTransaction(step, store, { before: model, next })
  }
}

async function takeTransaction(
  { operations, throws }: Extract<Step, { step: 'transaction' }>,
  store: Store,
  { before, next }: { readonly before: Model; readonly next: Model },
): Promise<Model> {
  const thrown = new Error('rolled back on purpose')
  const running = store.mutate(async (tx) => {
    for (const operation of operations) await apply(operation, tx, next)
    await assertSame(tx, next, NOW)
    await assertSame(store.read, before, NOW)
    if (throws) throw thrown
  })
  if (!throws) {
    await running
    return next
  }
  await assert.rejects(running, (error) => error === thrown || Promise.reject(error))
  return before
}
