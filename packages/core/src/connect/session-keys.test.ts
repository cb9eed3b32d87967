import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERY_SESSION, type Instant, type SessionId } from '@pairgate/protocol'
import { createSessionKeys } from './session-keys.ts'

function counted() {
  const asked: SessionId[] = []
  let renamed = ''
  const keys = createSessionKeys({
    read: {
      async findSession(id) {
        asked.push(id)
        if (id.startsWith('no')) return undefined
        return {
          id,
          key: `${renamed}key of ${id}`,
          label: undefined,
          createdAt: 1 as Instant,
          createdBy: 'owner',
        }
      },
    },
  })
  const rename = () => {
    renamed = 'new '
  }
  return { asked, keys, keyOf: keys.of, rename }
}

test('a session is read once, one that is missing each time, and all of them never', async () => {
  const { asked, keyOf } = counted()
  const found = []
  for (const id of ['s', 's', 'no', 'no', EVERY_SESSION]) found.push(await keyOf(id as SessionId))
  assert.deepEqual(found, ['key of s', 'key of s', undefined, undefined, '*'])
  assert.deepEqual(asked, ['s', 'no', 'no'])
})

test('no number of sessions fills the memory', async () => {
  const { asked, keyOf } = counted()
  for (let n = 0; n <= 10_000; n += 1) await keyOf(`s${n}` as SessionId)
  await keyOf('s10000' as SessionId)
  assert.equal(asked.length, 10_001)
  await keyOf('s0' as SessionId)
  assert.equal(asked.length, 10_002)
})

test('a session that was renamed or deleted is read again, also when that happens while it is read', async () => {
  const { asked, keys, rename } = counted()
  const id = 's' as SessionId
  const event = { kind: 'session-renamed', sessionId: id } as const
  await keys.of(id)
  rename()
  keys.hear({ event })
  assert.equal(await keys.of(id), 'new key of s')
  keys.hear({ event })
  const reading = keys.of(id)
  keys.hear({ event })
  await reading
  await keys.of(id)
  assert.equal(asked.length, 4)
  keys.hear({ event: { kind: 'log-pruned' } })
  await keys.of(id)
  assert.equal(asked.length, 4)
})
