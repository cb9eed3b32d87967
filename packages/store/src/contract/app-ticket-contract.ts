import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccessToken, AppTicket, Store } from '@pairgate/core'
import { at, device, deviceId, sessionId, token, tokenHash, tokenId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

/** Ticket `n` of token `n`, unless `changes` say otherwise. */
function ticket(n: number, changes: Partial<AppTicket> = {}): AppTicket {
  return {
    hash: tokenHash(n),
    stateHash: `state ${n}`,
    returnHash: `return ${n}`,
    route: 'app.example',
    deviceId: deviceId(n),
    role: 'operator',
    parentId: tokenId(n),
    sessionId: sessionId(n),
    scopes: ['operator.read'],
    createdAt: at(1_000),
    expiresAt: at(5_000),
    ...changes,
  }
}

/** The cookie of device 1 with this number. */
function cookie(n: number, changes: Partial<AccessToken> = {}): AccessToken {
  const { stateHash: _, returnHash: __, ...facts } = ticket(1)
  return { ...facts, hash: tokenHash(n), audience: undefined, createdAt: at(n), ...changes }
}

interface Rows {
  readonly tickets?: readonly AppTicket[]
  readonly cookies?: readonly AccessToken[]
}

/** Saves devices 1 and 2 with a token each, and then these. */
async function save(store: Store, { tickets = [], cookies = [] }: Rows): Promise<void> {
  await store.mutate(async (tx) => {
    for (const n of [1, 2]) {
      await tx.saveDevice(device(n))
      await tx.saveToken(token(n))
    }
    for (const one of tickets) await tx.insertAppTicket(one)
    for (const one of cookies) await tx.insertAccessToken(one)
  })
}

export function describeAppTickets(open: OpenStore): void {
  describe('tickets and cookies of apps', () => {
    test(
      'a ticket comes back as it was saved, until somebody takes it, which one does',
      withStore(open, async (store) => {
        await save(store, { tickets: [ticket(1), ticket(2, { scopes: [] })] })
        assert.deepEqual(await store.read.findAppTicket(tokenHash(1)), ticket(1))
        assert.deepEqual(await store.read.findAppTicket(tokenHash(2)), ticket(2, { scopes: [] }))
        const take = () => store.mutate((tx) => tx.takeAppTicket(tokenHash(1)))
        assert.deepEqual((await Promise.all([take(), take(), take()])).sort(), [false, false, true])
        assert.equal(await store.read.findAppTicket(tokenHash(1)), undefined)
        assert.ok(await store.read.findAppTicket(tokenHash(2)))
      }),
    )

    test(
      'the tickets of one parent are counted that have not run out, and forgotten later',
      withStore(open, async (store) => {
        const own = { deviceId: deviceId(1), parentId: tokenId(1) }
        await save(store, { tickets: [ticket(1), ticket(3, { ...own, expiresAt: at(6_000) }), ticket(2)] })
        const counts = [4_999, 5_000, 6_000].map((now) => store.read.countAppTickets(tokenId(1), at(now)))
        assert.deepEqual(await Promise.all(counts), [2, 1, 0])
        await store.forgetAccessTokens(at(5_001))
        assert.equal(await store.read.findAppTicket(tokenHash(1)), undefined)
        assert.ok(await store.read.findAppTicket(tokenHash(3)))
      }),
    )

    test(
      'a removed device takes its tickets along, and nobody without a token has one',
      withStore(open, async (store) => {
        await save(store, { tickets: [ticket(1), ticket(2)] })
        await store.mutate((tx) => tx.deleteDevice(deviceId(1)))
        assert.equal(await store.read.findAppTicket(tokenHash(1)), undefined)
        assert.ok(await store.read.findAppTicket(tokenHash(2)))
        await assert.rejects(store.mutate((tx) => tx.insertAppTicket(ticket(9))))
        await assert.rejects(store.mutate((tx) => tx.insertAppTicket(ticket(2))))
      }),
    )

    test(
      'a cookie keeps its route, is no access token, and only the newest of a route are kept',
      withStore(open, async (store) => {
        const elsewhere = cookie(4, { route: '/other' })
        await save(store, { cookies: [cookie(1), cookie(2), cookie(3), elsewhere] })
        assert.deepEqual(await store.read.findAccessToken(tokenHash(4)), elsewhere)
        assert.equal(await store.read.countAccessTokens(tokenId(1), at(1_000)), 0)
        await store.mutate((tx) => tx.trimAppCookies(tokenId(1), 'app.example', 2))
        const left = [1, 2, 3, 4].map((n) => store.read.findAccessToken(tokenHash(n)))
        assert.deepEqual(
          (await Promise.all(left)).map((one) => one !== undefined),
          [false, true, true, true],
        )
      }),
    )
  })
}
