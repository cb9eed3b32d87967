import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Store, StoreReader } from '@pairgate/core'
import fc from 'fast-check'
import { makeDevice, openWorld, type World } from '../properties/core-world.ts'

type Later = (answer: Promise<unknown>) => Promise<unknown>

/**
 * A store whose answers arrive when the scheduler says so: SQLite itself answers at once, so what another
 * engine does between the question and its answer has to be played. What was read is what stood there then.
 */
function withLateAnswers(store: Store, later: Later): Store {
  const read = new Proxy(store.read, {
    get(target, name: keyof StoreReader) {
      const method = target[name] as (...args: readonly unknown[]) => Promise<unknown>
      return async (...args: readonly unknown[]) => later(method(...args))
    },
  })
  return { ...store, read }
}

const ASK = { scopes: ['operator.read'] }

/** @returns the token of a device that was let in and has proved it. */
async function letIn(world: World, device: ReturnType<typeof makeDevice>): Promise<string> {
  const asked = await world.connect(device, ASK)
  assert.ok(!asked.ok && asked.refusal.reason === 'pairing-required')
  const approved = await world.core.approveRequest(world.owner, { requestId: asked.refusal.request.id })
  assert.ok(approved.ok)
  const fetched = await world.connect(device, ASK)
  assert.ok(fetched.ok)
  const token = String(fetched.value.token?.secret)
  assert.ok((await world.connect(device, { ...ASK, token })).ok)
  return token
}

/** In turns of the event loop. */
const lateness = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) })
const ENDINGS = ['revoke', 'remove', 'rotate'] as const

function end(world: World, how: (typeof ENDINGS)[number], deviceId: ReturnType<typeof makeDevice>['id']) {
  const { core, owner } = world
  if (how === 'remove') return core.removeDevice(owner, deviceId)
  const token = { deviceId, role: 'operator' } as const
  return how === 'revoke' ? core.revokeToken(owner, token) : core.rotateToken(owner, token)
}

test('however late the answers of the database are, nothing opens after the end of a token was answered (T23)', async () => {
  const atOnce: Later = (answer) => answer
  let later = atOnce
  const world = await openWorld((store) => withLateAnswers(store, (answer) => later(answer)))
  const outcomes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom(...ENDINGS),
      fc.boolean(),
      // Many begin together with the end, or hardly any would be let in before it.
      fc.tuple(lateness, lateness),
      async (scheduler, how, isCold, delays) => {
        later = atOnce
        const device = makeDevice()
        const token = await letIn(world, device)
        // Longer than what is remembered may be believed, so that the database is asked again.
        if (isCold) world.pass(10_000)
        later = (answer) => scheduler.schedule(answer)
        let isAnswered = false
        const connects = delays.map(async (turns) => {
          // Some come late; not after a rotation, where the old secret fetches the new one.
          for (let turn = 0; turn < turns && how !== 'rotate'; turn += 1) await setImmediate()
          const { ok } = await world.connect(device, { ...ASK, token })
          assert.ok(!ok || !isAnswered, 'a hello left after the answer')
          outcomes.add(`${how} ${ok}`)
        })
        const ending = end(world, how, device.id).then(({ ok }) => {
          isAnswered = ok
        })
        await scheduler.waitFor(Promise.all([ending, ...connects]))

        assert.ok(isAnswered)
        assert.equal(world.openOf(device.id), 0)
      },
    ),
    { numRuns: 200 },
  )
  await world.close()
  assert.deepEqual([...outcomes].sort(), ENDINGS.flatMap((how) => [`${how} false`, `${how} true`]).sort())
})
