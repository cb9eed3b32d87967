import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Message, Store } from '@pairgate/core'
import { at, device, session, sessionId, token } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

function message(seq: number, changes: Partial<Message> = {}): Message {
  return {
    id: `message-${changes.sessionId ?? 1}-${seq}`,
    sessionId: sessionId(1),
    seq,
    at: at(2_000 + seq),
    actor: 'owner',
    role: 'user',
    text: `text ${seq}`,
    idempotencyKey: `key-${seq}`,
    paramsHash: 'hash',
    ...changes,
  }
}

async function fill(store: Store, last: number, changes: Partial<Message> = {}): Promise<void> {
  await store.mutate(async (tx) => {
    for (let seq = 1; seq <= last; seq += 1) await tx.insertMessage(message(seq, changes))
  })
}

const seqs = (messages: readonly Message[]) => messages.map(({ seq }) => seq)

export function describeMessages(open: OpenStore): void {
  describe('messages of sessions', () => {
    test(
      'are read in their order, from either end and between two numbers, and of one session alone',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          await tx.insertSession(session(1))
          await tx.insertSession(session(2))
        })
        await fill(store, 12)
        await fill(store, 3, { sessionId: sessionId(2) })
        const list = async (page: object, from: 'oldest' | 'newest' = 'newest') =>
          seqs(await store.read.listMessages(sessionId(1), { from, limit: 3, ...page }))
        assert.deepEqual(await list({}), [10, 11, 12])
        assert.deepEqual(await list({ before: 10 }), [7, 8, 9])
        assert.deepEqual(await list({ after: 10 }, 'oldest'), [11, 12])
        assert.deepEqual(await list({ after: 2, before: 5 }, 'oldest'), [3, 4])
        assert.deepEqual(await list({ before: 1 }), [])
        const [first] = await store.read.listMessages(sessionId(1), { from: 'oldest', limit: 1 })
        assert.deepEqual(first, message(1))
        assert.deepEqual(await store.read.messageBounds(sessionId(1)), { first: 1, last: 12 })
        assert.deepEqual(await store.read.messageBounds(sessionId(9)), { first: 0, last: 0 })
      }),
    )

    test(
      'are found by who sent them under which key, in one session alone',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.insertSession(session(1)))
        await fill(store, 2)
        const { read } = store
        assert.deepEqual(await read.findSentMessage(sessionId(1), 'owner', 'key-2'), message(2))
        assert.equal(await read.findSentMessage(sessionId(1), 'device:x', 'key-2'), undefined)
        assert.equal(await read.findSentMessage(sessionId(2), 'owner', 'key-2'), undefined)
        assert.equal(await read.findSentMessage(sessionId(1), 'owner', 'KEY-2'), undefined)
      }),
    )

    test(
      'have a place and a key of their own, and a session that is there',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.insertSession(session(1)))
        await fill(store, 1)
        for (const wrong of [
          message(1, { id: 'other', idempotencyKey: 'other' }),
          message(2, { id: 'other', idempotencyKey: 'key-1' }),
          message(2, { id: message(1).id }),
          message(1, { sessionId: sessionId(9) }),
        ])
          await assert.rejects(store.mutate((tx) => tx.insertMessage(wrong)))
        assert.deepEqual(await store.read.messageBounds(sessionId(1)), { first: 1, last: 1 })
      }),
    )

    test(
      'go from the oldest on, so many at once, and never beyond a number',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.insertSession(session(1)))
        await fill(store, 9)
        const trim = async (upTo: number, most: number) => {
          await store.mutate((tx) => tx.trimMessages(sessionId(1), upTo, most))
          return (await store.read.messageBounds(sessionId(1))).first
        }
        assert.deepEqual(
          [await trim(0, 5), await trim(4, 3), await trim(4, 3), await trim(4, 3)],
          [1, 4, 5, 5],
        )
      }),
    )

    test(
      'go with their session, whose tokens and facts are its own',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          for (const n of [1, 2]) {
            await tx.insertSession(session(n))
            await tx.saveDevice(device(n))
            await tx.saveToken(token(n))
          }
          const revoked = { revokedAt: at(1), revokedBy: 'owner' }
          await tx.saveToken(
            token(3, { deviceId: device(1).id, role: 'node', sessionId: sessionId(1), ...revoked }),
          )
        })
        await fill(store, 2)
        const { read } = store
        const facts = { session: session(1), lastSeq: 2, lastAt: at(2_002), tokens: 1 }
        const other = { session: session(2), lastSeq: 0, lastAt: undefined, tokens: 1 }
        assert.deepEqual(await read.listSessionFacts({ limit: 9 }), [other, facts])
        assert.deepEqual(await read.listSessionFacts({ limit: 1 }), [other])
        assert.deepEqual(await read.listSessionFacts({ only: sessionId(1), limit: 9 }), [facts])
        assert.deepEqual((await read.listSessionTokens(sessionId(1))).length, 2)
        assert.equal(await read.countSessions(), 2)

        const renamed = { ...session(1), key: 'another', label: 'Another' }
        await store.mutate((tx) => tx.renameSession({ ...renamed, createdAt: at(9) }))
        assert.deepEqual(await read.findSession(sessionId(1)), renamed)
        await assert.rejects(store.mutate((tx) => tx.renameSession({ ...renamed, key: session(2).key })))
        await store.mutate((tx) => tx.deleteSession(sessionId(1)))
        assert.deepEqual(await read.messageBounds(sessionId(1)), { first: 0, last: 0 })
        assert.equal(await read.findSession(sessionId(1)), undefined)
        assert.equal((await read.listTokens()).length, 3)
      }),
    )
  })
}
