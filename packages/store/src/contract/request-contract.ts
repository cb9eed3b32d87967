import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OpenRequest, Store } from '@pairgate/core'
import { at, decided, deviceId, request, requestId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

export function describeRequests(open: OpenStore): void {
  describe('pairing requests', () => {
    describeRequestRows(open)
    describeOpenLists(open)
    describeDecisions(open)
    describeForgetting(open)
  })
}

async function insert(store: Store, ...requests: readonly OpenRequest[]): Promise<void> {
  await store.mutate(async (tx) => {
    for (const one of requests) await tx.insertRequest(one)
  })
}

const idsOf = (requests: readonly OpenRequest[]) => requests.map(({ id }) => id)

function describeRequestRows(open: OpenStore): void {
  test(
    'a request comes back as it was inserted, with every field and with none of the optional ones',
    withStore(open, async (store) => {
      const nothing = {
        displayName: undefined,
        platform: undefined,
        deviceFamily: undefined,
        clientId: undefined,
        clientMode: undefined,
      }
      const bare = request(2, { role: 'node', scopes: [], metadata: nothing, remoteIp: undefined })
      await insert(store, request(1), bare)
      assert.deepEqual(await store.read.findRequest(requestId(1)), request(1))
      assert.deepEqual(await store.read.findRequest(requestId(2)), bare)
      assert.equal(await store.read.findRequest(requestId(9)), undefined)
    }),
  )

  test(
    'an id is taken once: what was shown under it cannot be replaced',
    withStore(open, async (store) => {
      await insert(store, request(1))
      await assert.rejects(insert(store, request(1, { scopes: ['operator.admin'] })))
      assert.deepEqual(await store.read.findRequest(requestId(1)), request(1))
    }),
  )

  test(
    'a refresh writes the deadline and nothing else',
    withStore(open, async (store) => {
      await insert(store, request(1))
      const refreshed = request(1, {
        scopes: ['operator.admin'],
        role: 'node',
        digest: 'another',
        remoteIp: '192.0.2.66',
        refreshedAt: at(8_000),
        expiresAt: at(20_000),
      })
      await store.mutate((tx) => tx.refreshRequest(refreshed))
      assert.deepEqual(
        await store.read.findRequest(requestId(1)),
        request(1, { refreshedAt: at(8_000), expiresAt: at(20_000) }),
      )
    }),
  )

  test(
    'a refresh does not touch a request that was decided',
    withStore(open, async (store) => {
      await insert(store, request(1))
      await store.mutate((tx) => tx.settleRequest(decided(request(1))))
      await store.mutate((tx) => tx.refreshRequest(request(1, { expiresAt: at(99_000) })))
      assert.deepEqual(await store.read.findRequest(requestId(1)), decided(request(1)))
    }),
  )
}

function describeOpenLists(open: OpenStore): void {
  test(
    'open requests are listed newest first, and those of one moment by their id, the last one first',
    withStore(open, async (store) => {
      const same = { createdAt: at(2_000) }
      await insert(
        store,
        request(5, same),
        request(1),
        request(7, same),
        request(9, { createdAt: at(3_000) }),
      )
      const listed = await store.read.listOpenRequests(at(4_000))
      assert.deepEqual(idsOf(listed), [9, 7, 5, 1].map(requestId))
    }),
  )

  test(
    'a request is open until the last millisecond, and not at its deadline',
    withStore(open, async (store) => {
      await insert(store, request(1, { expiresAt: at(10_000) }))
      assert.deepEqual(await store.read.listOpenRequests(at(9_999)), [request(1)])
      assert.deepEqual(await store.read.listOpenRequests(at(10_000)), [])
      assert.equal(await store.read.countOpenRequests(at(9_999)), 1)
      assert.equal(await store.read.countOpenRequests(at(10_000)), 0)
      assert.equal(await store.read.countOpenRequestsFrom('192.0.2.1', at(9_999)), 1)
      assert.equal(await store.read.countOpenRequestsFrom('192.0.2.1', at(10_000)), 0)
    }),
  )

  test(
    'requests of one device and from one peer are told from others, and decided ones do not count',
    withStore(open, async (store) => {
      const elsewhere = request(2, { remoteIp: '192.0.2.1', prefix: '192.0.2.2' })
      const second = request(3, { deviceId: deviceId(1) })
      await insert(store, request(1), elsewhere, second, request(4, { remoteIp: undefined }), request(5))
      await store.mutate((tx) => tx.settleRequest(decided(request(5))))
      const now = at(4_000)
      assert.deepEqual(await store.read.listOpenRequests(now, deviceId(1)), [second, request(1)])
      assert.deepEqual(await store.read.listOpenRequests(now, deviceId(5)), [])
      assert.equal(await store.read.countOpenRequests(now), 4)
      assert.equal(await store.read.countOpenRequestsFrom('192.0.2.1', now), 2)
      assert.equal(await store.read.countOpenRequestsFrom('192.0.2.9', now), 0)
    }),
  )

  test(
    'requests that ran out between two moments are each told once when the moments follow each other',
    withStore(open, async (store) => {
      const [first, second, third] = [100, 200, 300].map((ms, n) => request(n, { expiresAt: at(ms) }))
      assert.ok(first && second && third)
      await insert(store, third, second, first, request(8, { expiresAt: at(150) }))
      await store.mutate((tx) => tx.settleRequest(decided(request(8))))
      assert.deepEqual(await store.read.listRequestsExpired(at(0), at(200)), [first, second])
      assert.deepEqual(await store.read.listRequestsExpired(at(200), at(300)), [third])
      assert.deepEqual(await store.read.listRequestsExpired(at(300), at(900)), [])
    }),
  )
}

function describeDecisions(open: OpenStore): void {
  for (const state of ['approved', 'rejected', 'superseded'] as const) {
    test(
      `a request that was ${state} says by whom and when, and still shows what was shown`,
      withStore(open, async (store) => {
        const supersededBy = state === 'superseded' ? requestId(2) : undefined
        const decision = decided(request(1), { state, supersededBy })
        await insert(store, request(1))
        assert.equal(await store.mutate((tx) => tx.settleRequest(decision)), true)
        assert.deepEqual(await store.read.findRequest(requestId(1)), decision)
      }),
    )
  }

  test(
    'a decision cannot change what was shown',
    withStore(open, async (store) => {
      await insert(store, request(1))
      const smuggled = request(1, { scopes: ['operator.admin'], role: 'node', expiresAt: at(99_000) })
      await store.mutate((tx) => tx.settleRequest(decided(smuggled)))
      assert.deepEqual(await store.read.findRequest(requestId(1)), decided(request(1)))
    }),
  )

  test(
    'the second decision and one on an unknown request change nothing and say so',
    withStore(open, async (store) => {
      await insert(store, request(1))
      await store.mutate((tx) => tx.settleRequest(decided(request(1))))
      const late = decided(request(1), { state: 'rejected', decidedBy: 'device:late' })
      assert.equal(await store.mutate((tx) => tx.settleRequest(late)), false)
      assert.equal(await store.mutate((tx) => tx.settleRequest(decided(request(9)))), false)
      assert.deepEqual(await store.read.findRequest(requestId(1)), decided(request(1)))
    }),
  )

  test(
    'of two operators who settle one request at once, exactly one wins',
    withStore(open, async (store) => {
      await insert(store, request(1))
      const settle = (decidedBy: string) =>
        store.mutate(async (tx) => {
          const found = await tx.findRequest(requestId(1))
          assert.equal(found?.state, decidedBy === 'alice' ? 'open' : 'approved')
          return tx.settleRequest(decided(request(1), { decidedBy }))
        })
      assert.deepEqual(await Promise.all([settle('alice'), settle('bob')]), [true, false])
      assert.deepEqual(
        await store.read.findRequest(requestId(1)),
        decided(request(1), { decidedBy: 'alice' }),
      )
    }),
  )

  test(
    'of two decisions at once inside one transaction, exactly one wins',
    withStore(open, async (store) => {
      await insert(store, request(1))
      const both = await store.mutate((tx) =>
        Promise.all([tx.settleRequest(decided(request(1))), tx.settleRequest(decided(request(1)))]),
      )
      assert.deepEqual(both.toSorted(), [false, true])
    }),
  )
}

function describeForgetting(open: OpenStore): void {
  test(
    'superseded and expired requests are trimmed to the newest of each; open and decided ones stay',
    withStore(open, async (store) => {
      const until = (n: number, ms: number) => request(n, { expiresAt: at(ms) })
      await insert(store, ...[1, 2, 3].map((n) => until(n, 100 * n)), until(4, 900), until(5, 100))
      await insert(store, ...[11, 12, 13].map((n) => until(n, 100 * n)))
      await store.mutate(async (tx) => {
        await tx.settleRequest(decided(request(5)))
        for (const n of [11, 12, 13]) await tx.settleRequest(decided(request(n), { state: 'superseded' }))
      })
      const left = async () => {
        const numbers = [1, 2, 3, 4, 5, 11, 12, 13]
        const found = await Promise.all(numbers.map((n) => store.read.findRequest(requestId(n))))
        return numbers.filter((_, at) => found[at])
      }
      await store.mutate((tx) => tx.trimRequests(3, at(500)))
      assert.deepEqual(await left(), [1, 2, 3, 4, 5, 11, 12, 13])
      await store.mutate((tx) => tx.trimRequests(2, at(500)))
      assert.deepEqual(await left(), [2, 3, 4, 5, 12, 13])
      await store.mutate((tx) => tx.trimRequests(0, at(500)))
      assert.deepEqual(await left(), [4, 5])
    }),
  )

  test(
    'requests that were decided or ran out before a moment are forgotten, all others stay',
    withStore(open, async (store) => {
      const openOnes = [100, 199, 200, 300].map((ms, n) => request(n, { expiresAt: at(ms) }))
      await insert(store, ...openOnes, request(11, { expiresAt: at(100) }), request(12))
      await store.mutate(async (tx) => {
        // Decided after the moment, although its deadline lay before it.
        await tx.settleRequest(decided(request(11), { decidedAt: at(200) }))
        await tx.settleRequest(decided(request(12), { decidedAt: at(199) }))
      })
      await store.forgetRequests(at(200))
      const found = await Promise.all([0, 1, 2, 3, 11, 12].map((n) => store.read.findRequest(requestId(n))))
      assert.deepEqual(
        found.map((one) => one?.id),
        [undefined, undefined, requestId(2), requestId(3), requestId(11), undefined],
      )
    }),
  )
}
