import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccessToken, Store } from '@pairgate/core'
import type { WebOrigin } from '@pairgate/protocol'
import { at, device, deviceId, sessionId, token, tokenHash, tokenId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

/** Access token `n` of token `n`, unless `changes` say otherwise. */
function access(n: number, changes: Partial<AccessToken> = {}): AccessToken {
  return {
    hash: tokenHash(n),
    deviceId: deviceId(n),
    role: 'operator',
    parentId: tokenId(n),
    sessionId: sessionId(n),
    scopes: ['operator.read'],
    audience: undefined,
    route: undefined,
    createdAt: at(1_000),
    expiresAt: at(5_000),
    ...changes,
  }
}

/** Saves devices 1 and 2 with a token each, and then these. */
async function save(store: Store, ...tokens: readonly AccessToken[]): Promise<void> {
  await store.mutate(async (tx) => {
    for (const n of [1, 2]) {
      await tx.saveDevice(device(n))
      await tx.saveToken(token(n))
    }
    for (const one of tokens) await tx.insertAccessToken(one)
  })
}

export function describeAccessTokens(open: OpenStore): void {
  describe('access tokens', () => {
    test(
      'an access token comes back as it was saved, with an audience and without',
      withStore(open, async (store) => {
        const bound = access(1, { audience: 'https://app.example' as WebOrigin, scopes: [] })
        await save(store, bound, access(2))
        assert.deepEqual(await store.read.findAccessToken(tokenHash(1)), bound)
        assert.deepEqual(await store.read.findAccessToken(tokenHash(2)), access(2))
        assert.equal(await store.read.findAccessToken(tokenHash(3)), undefined)
      }),
    )

    test(
      'those of one parent are counted that have not run out',
      withStore(open, async (store) => {
        const first = { deviceId: deviceId(1), parentId: tokenId(1) }
        await save(
          store,
          access(1),
          access(3, { ...first, expiresAt: at(6_000) }),
          access(4, { ...first, parentId: tokenId(9) }),
          access(2),
        )
        const counts = [4_999, 5_000, 6_000].map((now) => store.read.countAccessTokens(tokenId(1), at(now)))
        assert.deepEqual(await Promise.all(counts), [2, 1, 0])
      }),
    )

    test(
      'a token that gets another secret keeps its access tokens, and a removed device takes them along',
      withStore(open, async (store) => {
        await save(store, access(1), access(2))
        await store.mutate(async (tx) => {
          await tx.saveToken(token(1, { tokenId: tokenId(11), tokenHash: tokenHash(11) }))
          await tx.saveDevice(device(1, { operatorLabel: 'Desk' }))
        })
        assert.deepEqual(await store.read.findAccessToken(tokenHash(1)), access(1))
        await store.mutate((tx) => tx.deleteDevice(deviceId(1)))
        assert.equal(await store.read.findAccessToken(tokenHash(1)), undefined)
        assert.deepEqual(await store.read.findAccessToken(tokenHash(2)), access(2))
      }),
    )

    test(
      'those that ran out before a moment are forgotten',
      withStore(open, async (store) => {
        await save(store, access(1), access(2, { expiresAt: at(5_001) }))
        await store.forgetAccessTokens(at(5_001))
        assert.equal(await store.read.findAccessToken(tokenHash(1)), undefined)
        assert.ok(await store.read.findAccessToken(tokenHash(2)))
      }),
    )

    describeImpossible(open)
  })
}

function describeImpossible(open: OpenStore): void {
  const impossible: Readonly<Record<string, Partial<AccessToken>>> = {
    'without a token': { deviceId: deviceId(9) },
    'of a role that its device does not have': { role: 'node' },
    'with the secret of another': { hash: tokenHash(1) },
    'with a hash that is none': { hash: 'pga_secret' as AccessToken['hash'] },
    'without a session': { sessionId: undefined as never },
    'without an end': { expiresAt: at(Number.NaN) },
  }
  for (const [what, changes] of Object.entries(impossible)) {
    test(
      `an access token ${what} cannot be stored, and the transaction leaves nothing behind`,
      withStore(open, async (store) => {
        await save(store, access(1))
        const saving = store.mutate(async (tx) => {
          await tx.saveDevice(device(3))
          await tx.insertAccessToken(access(2, changes))
        })
        await assert.rejects(saving)
        assert.equal(await store.read.findDevice(deviceId(3)), undefined)
      }),
    )
  }
}
