import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestId } from '@pairgate/protocol'
import { makeDevice, openWorld, type TestDevice, type World } from '../properties/core-world.ts'

const ASK = { scopes: ['operator.read'] }
const PLACES = 1_000

/** @returns the id under which the device now waits. */
async function ask(world: World, device: TestDevice, from: string): Promise<string | undefined> {
  const answer = await world.connect(device, { ...ASK, from })
  assert.ok(!answer.ok)
  return answer.refusal.reason === 'pairing-required' ? answer.refusal.request.id : undefined
}

test('ten thousand requests from a thousand addresses leave a person the place, before, amid and after (T14)', async () => {
  // Signatures are believed: ten thousand of them would only make the test wait.
  const world = await openWorld(undefined, { believesSignatures: true })
  const people = [0, 2_500, 9_999].map((at) => ({
    at,
    device: makeDevice(),
    id: undefined as string | undefined,
  }))
  const ids: string[] = []
  for (let n = 0; n < 10_000; n += 1) {
    const person = people.find(({ at }) => at === n)
    if (person) person.id = await ask(world, person.device, `person-${n}`)
    ids.push((await ask(world, makeDevice(), `flood-${n % 1_000}`)) ?? 'refused')
    world.pass(1)
  }
  const { pending } = await world.core.listDevices(world.owner)
  assert.equal(pending.length, PLACES)
  for (const { device, id } of people) {
    const waiting = pending.find(({ request }) => request.deviceId === device.id)
    assert.equal(waiting?.request.id, id)
    assert.ok(waiting)
    const approved = await world.core.approveRequest(world.owner, { requestId: waiting.request.id })
    assert.ok(approved.ok, 'approved')
    assert.ok((await world.connect(device, ASK)).ok, 'connected')
  }
  // Of those that had to go about as many rows are left as there are places.
  let rows = 0
  for (const id of ids) if (await world.store.read.findRequest(id as RequestId)) rows += 1
  assert.ok(new Set(ids).size > 4 * PLACES && rows <= 2 * PLACES + 500, `${rows} rows`)
  // What strangers caused is no event of the log.
  const events = await world.store.read.eventsAfter(0, 100)
  assert.deepEqual(
    events.map(({ event }) => event.kind),
    people.map(() => 'pairing-approved'),
  )
  await world.close()
})
