import assert from 'node:assert/strict'
import { test } from 'node:test'
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
  const world = await openWorld()
  const people = [0, 2_500, 9_999].map((at) => ({
    at,
    device: makeDevice(),
    id: undefined as string | undefined,
  }))
  for (let n = 0; n < 10_000; n += 1) {
    const person = people.find(({ at }) => at === n)
    if (person) person.id = await ask(world, person.device, `person-${n}`)
    await ask(world, makeDevice(), `flood-${n % 1_000}`)
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
  // What strangers caused is no event of the log.
  const events = await world.store.read.eventsAfter(0, 100)
  assert.deepEqual(
    events.map(({ event }) => event.kind),
    people.map(() => 'pairing-approved'),
  )
  await world.close()
})
