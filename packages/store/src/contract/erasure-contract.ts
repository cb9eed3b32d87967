import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ErasureChoice, EventActor, Store } from '@pairgate/core'
import { append, approved, at, decided, deviceId, OWNER, removed, request } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const ALL = { upTo: 1_000 }
const BY_DEVICE_TWO: EventActor = { ...OWNER, ref: `device:${deviceId(2)}`, remoteIp: '192.0.2.2' }

/** Five events: 1 and 2 about device 1, the second by device 2; 3 about device 2; 4 and 5 about the log itself. */
async function fill(store: Store): Promise<void> {
  await store.mutate(async (tx) => {
    await append(tx, approved(1), OWNER, at(1))
    await append(tx, removed(1), BY_DEVICE_TWO, at(2))
    await append(tx, approved(2), OWNER, at(3))
    await append(tx, { kind: 'details-erased', deviceId: deviceId(1) }, BY_DEVICE_TWO, at(4))
    await append(tx, { kind: 'log-recovered' }, OWNER, at(5))
  })
}
const seqs = async (store: Store, choice: ErasureChoice, cursor = 0, limit = 100) =>
  (await store.read.listErasable(choice, cursor, limit)).map(({ seq }) => seq)
const erase = async (store: Store, choice: ErasureChoice) => {
  const details = await store.read.listErasable(choice, 0, 100)
  await store.mutate((tx) => tx.eraseDetails(details))
}
const erased = async (store: Store) =>
  (await store.read.eventRecordsAfter(0, 100)).filter(({ details }) => !details).map(({ seq }) => seq)

export function describeErasures(open: OpenStore): void {
  describe('details that are erased', () => {
    test(
      'are chosen by the device that they are about or that did it, by time, and by number',
      withStore(open, async (store) => {
        await fill(store)
        assert.deepEqual(await seqs(store, ALL), [1, 2, 3])
        assert.deepEqual(await seqs(store, { ...ALL, deviceId: deviceId(1) }), [1, 2])
        assert.deepEqual(await seqs(store, { ...ALL, deviceId: deviceId(2) }), [2, 3])
        assert.deepEqual(await seqs(store, { ...ALL, deviceId: deviceId(9) }), [])
        assert.deepEqual(await seqs(store, { ...ALL, before: at(3) }), [1, 2])
        assert.deepEqual(await seqs(store, { ...ALL, before: at(3), deviceId: deviceId(2) }), [2])
        assert.deepEqual(await seqs(store, { upTo: 1 }), [1])
        assert.deepEqual(await seqs(store, ALL, 1, 1), [2])
      }),
    )

    test(
      'are gone while their events stay, and are not there to be erased again',
      withStore(open, async (store) => {
        await fill(store)
        const before = await store.read.eventRecordsAfter(0, 100)
        await erase(store, { ...ALL, deviceId: deviceId(1) })
        assert.deepEqual(await erased(store), [1, 2])
        assert.deepEqual(
          await store.read.eventRecordsAfter(0, 100),
          before.map((row) => (row.seq <= 2 ? { ...row, details: undefined } : row)),
        )
        assert.deepEqual(await seqs(store, ALL), [3])
        const [first] = await store.read.eventsAfter(0, 1)
        assert.deepEqual([first?.event, first?.connId], [approved(1), undefined])
      }),
    )

    test(
      'are gone too when nobody would understand them',
      withStore(open, async (store) => {
        const details = [
          { salt: '', body: '' },
          { salt: '', body: 'Küche' },
          { salt: 'ä'.repeat(22), body: 'x'.repeat(9_000) },
        ]
        await fill(store)
        const [row] = await store.read.eventRecordsAfter(0, 1)
        assert.ok(row)
        await store.mutate(async (tx) => {
          for (const [n, each] of details.entries())
            await tx.appendEvent({ ...row, seq: 6 + n, details: each })
        })
        await erase(store, ALL)
        assert.deepEqual(await erased(store), [1, 2, 3, 6, 7, 8])
      }),
    )

    test(
      'stay when the transaction fails',
      withStore(open, async (store) => {
        await fill(store)
        const details = await store.read.listErasable(ALL, 0, 100)
        const failing = store.mutate(async (tx) => {
          await tx.eraseDetails(details)
          throw new Error('changed my mind')
        })
        await assert.rejects(failing, /changed my mind/)
        assert.deepEqual(await erased(store), [])
      }),
    )

    test(
      'can be scrubbed from the files while others read and write',
      withStore(open, async (store) => {
        await fill(store)
        await erase(store, ALL)
        const write = (n: number) => store.mutate((tx) => append(tx, approved(n), OWNER, at(9)))
        const [traces] = await Promise.all([
          store.scrub(),
          write(7),
          store.scrub(),
          store.read.headSeq(),
          write(8),
        ])
        assert.ok(['none', 'server'].includes(traces), traces)
        assert.equal(await store.read.headSeq(), 7)
      }),
    )

    test(
      'can be taken along by the finished requests of one device',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          for (let n = 1; n <= 3; n += 1)
            await tx.insertRequest(request(n, { deviceId: deviceId(n > 1 ? 2 : 1) }))
          await tx.settleRequest(decided(request(1)))
          await tx.settleRequest(decided(request(2)))
        })
        await store.forgetRequests(at(5_001), deviceId(2))
        const left = await Promise.all([1, 2, 3].map((n) => store.read.findRequest(request(n).id)))
        assert.deepEqual(
          left.map((each) => each?.state),
          ['approved', undefined, 'open'],
        )
      }),
    )
  })
}
