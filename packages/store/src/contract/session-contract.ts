import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Session, StoreTransaction } from '@pairgate/core'
import { EVERY_SESSION, type RequestId } from '@pairgate/protocol'
import { device, session, sessionId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

export function describeSessions(open: OpenStore): void {
  describe('sessions and facts about the database', () => {
    test(
      'a session is found by its id and by its key, and listed from the oldest on',
      withStore(open, async (store) => {
        const labelled = session(1, { label: 'Kitchen' })
        await store.mutate(async (tx) => {
          await tx.insertSession(session(2))
          await tx.insertSession(labelled)
        })
        assert.deepEqual(await store.read.findSession(sessionId(1)), labelled)
        assert.deepEqual(await store.read.findSessionByKey('key-2'), session(2))
        assert.equal(await store.read.findSession(sessionId(9)), undefined)
        assert.equal(await store.read.findSessionByKey('key-9'), undefined)
        assert.deepEqual(await store.read.listSessions(), [labelled, session(2)])
      }),
    )

    test(
      'records of one moment are listed in the order of the bytes of their ids, not in that of a language',
      withStore(open, async (store) => {
        const ids = ['a', 'B', '_', 'ä', 'Z', '-', '1'].map((id) => id as Session['id'])
        await store.mutate(async (tx) => {
          for (const id of ids) await tx.insertSession(session(1, { id, key: `key-${id}` }))
        })
        const listed = await store.read.listSessions()
        assert.deepEqual(
          listed.map(({ id }) => id),
          ids.toSorted(),
        )
      }),
    )

    test(
      'text with a NUL character is refused, and the transaction leaves nothing behind',
      withStore(open, async (store) => {
        const writes: Readonly<Record<string, (tx: StoreTransaction) => Promise<void>>> = {
          meta: (tx) => tx.saveMeta('name', 'a\0b'),
          session: (tx) => tx.insertSession(session(1, { label: '\0' })),
          device: (tx) => tx.saveDevice(device(1, { displayName: 'Kitchen\0' })),
        }
        for (const [what, write] of Object.entries(writes)) {
          const writing = store.mutate(async (tx) => {
            await tx.saveMeta('before', 'x')
            await write(tx)
          })
          await assert.rejects(writing, /NUL character/, what)
        }
        assert.equal(await store.read.findMeta('before'), undefined)
        assert.deepEqual(await store.read.listDevices(), [])
      }),
    )

    test(
      'nothing is found under a text with a NUL character',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.insertSession(session(1, { key: 'key' })))
        assert.equal(await store.read.findSessionByKey('key\0'), undefined)
        assert.equal(await store.read.findRequest('\0' as RequestId), undefined)
        assert.equal(await store.mutate((tx) => tx.findSessionByKey('key\0x')), undefined)
      }),
    )

    test(
      'an id and a key are taken once, and * is no session',
      withStore(open, async (store) => {
        await store.mutate((tx) => tx.insertSession(session(1)))
        await assert.rejects(store.mutate((tx) => tx.insertSession(session(1, { key: 'other' }))))
        await assert.rejects(store.mutate((tx) => tx.insertSession(session(2, { key: 'key-1' }))))
        await assert.rejects(store.mutate((tx) => tx.insertSession(session(3, { id: EVERY_SESSION }))))
        assert.deepEqual(await store.read.listSessions(), [session(1)])
      }),
    )

    test(
      'of two sessions with one key at once, exactly one is made',
      withStore(open, async (store) => {
        const make = (n: number) => store.mutate((tx) => tx.insertSession(session(n, { key: 'same' })))
        const both = await Promise.allSettled([make(1), make(2)])
        assert.deepEqual(
          both.map(({ status }) => status),
          ['fulfilled', 'rejected'],
        )
      }),
    )

    test(
      'a fact about the database is kept under its name and replaced by the next',
      withStore(open, async (store) => {
        assert.equal(await store.read.findMeta('check'), undefined)
        await store.mutate((tx) => tx.saveMeta('check', 'one'))
        await store.mutate((tx) => tx.saveMeta('other', ''))
        await store.mutate((tx) => tx.saveMeta('check', 'two'))
        assert.equal(await store.read.findMeta('check'), 'two')
        assert.equal(await store.read.findMeta('other'), '')
      }),
    )
  })
}
