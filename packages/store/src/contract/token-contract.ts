import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store, Token } from '@pairgate/core'
import { EVERY_SESSION } from '@pairgate/protocol'
import { at, device, deviceId, token, tokenHash, tokenId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

export function describeTokens(open: OpenStore): void {
  describe('tokens', () => {
    test(
      'a token comes back as it was saved, with every field and with none of the optional ones',
      withStore(open, async (store) => {
        const full = token(1, {
          presentedAt: at(1),
          deliveredAt: at(6),
          previousTokenId: tokenId(90),
          previousHash: tokenHash(90),
          scopes: ['operator.admin', 'operator.read'],
          sessionId: EVERY_SESSION,
          rotatedAt: at(2),
          expiresAt: at(3),
          revokedAt: at(4),
          revokedBy: 'device:x',
          lastUsedAt: at(5),
        })
        await save(store, full, token(2, { scopes: [] }))
        assert.deepEqual(await store.read.findToken(full.deviceId, 'operator'), full)
        assert.deepEqual(await store.read.findToken(deviceId(2), 'operator'), token(2, { scopes: [] }))
        assert.equal(await store.read.findToken(deviceId(1), 'node'), undefined)
      }),
    )

    test(
      'saving replaces the token of the same device and role, and the old secret is found no more',
      withStore(open, async (store) => {
        const fresh = token(1, { tokenId: tokenId(11), tokenHash: tokenHash(11) })
        const node = token(12, { deviceId: deviceId(1), role: 'node' })
        await save(store, token(1), node)
        await save(store, fresh)
        assert.deepEqual(await store.read.listTokens(), [node, fresh])
        assert.equal(await store.read.findTokenByHash(tokenHash(1)), undefined)
      }),
    )

    test(
      'a hash leads to the token whose current or whose previous secret it is',
      withStore(open, async (store) => {
        const rotated = token(1, { previousTokenId: tokenId(10), previousHash: tokenHash(10) })
        await save(store, rotated)
        assert.deepEqual(await store.read.findTokenByHash(tokenHash(1)), {
          token: rotated,
          as: 'current',
          signsOrigin: false,
        })
        assert.deepEqual(await store.read.findTokenByHash(tokenHash(10)), {
          token: rotated,
          as: 'previous',
          signsOrigin: false,
        })
        assert.equal(await store.read.findTokenByHash(tokenHash(99)), undefined)
      }),
    )

    test(
      'a hash that is current at one token and previous at another means the current one',
      withStore(open, async (store) => {
        await save(store, token(1, { previousHash: tokenHash(2) }), token(2))
        assert.deepEqual(await store.read.findTokenByHash(tokenHash(2)), {
          token: token(2),
          as: 'current',
          signsOrigin: false,
        })
      }),
    )

    test(
      'with a token comes whether its device has signed the origin, now and before a rotation',
      withStore(open, async (store) => {
        await save(store, token(1, { previousHash: tokenHash(10) }), token(2))
        await store.mutate((tx) => tx.saveDevice(device(1, { originSignedAt: at(5) })))
        const signs = async (n: number) => (await store.read.findTokenByHash(tokenHash(n)))?.signsOrigin
        assert.deepEqual([await signs(1), await signs(10), await signs(2)], [true, true, false])
      }),
    )

    test(
      'tokens are listed for one device or for all',
      withStore(open, async (store) => {
        await save(store, token(2), token(1))
        assert.deepEqual(await store.read.listTokens(), [token(1), token(2)])
        assert.deepEqual(await store.read.listTokens(deviceId(2)), [token(2)])
        assert.deepEqual(await store.read.listTokens(deviceId(9)), [])
      }),
    )

    test(
      'tokens that end in a while are listed, the next first; no revoked ones, and none without a deadline',
      withStore(open, async (store) => {
        const ends = (n: number, ms: number) => token(n, { expiresAt: at(ms) })
        const revoked = token(6, { expiresAt: at(15), revokedAt: at(5), revokedBy: 'owner' })
        await save(store, ends(1, 20), ends(2, 10), ends(3, 11), ends(4, 21), token(5), revoked, ends(7, 11))
        assert.deepEqual(await store.read.listTokensEnding(at(10), at(20)), [
          ends(3, 11),
          ends(7, 11),
          ends(1, 20),
        ])
        assert.deepEqual(await store.read.listTokensEnding(at(21), at(1_000)), [])
      }),
    )

    test(
      'within one transaction a token may be saved before its device',
      withStore(open, async (store) => {
        await store.mutate(async (tx) => {
          await tx.saveToken(token(1))
          await tx.saveDevice(device(1))
        })
        assert.deepEqual(await store.read.listTokens(), [token(1)])
      }),
    )

    describeImpossibleTokens(open)
  })
}

async function save(store: Store, ...tokens: readonly Token[]): Promise<void> {
  await store.mutate(async (tx) => {
    for (const one of tokens) {
      if (!(await tx.findDevice(one.deviceId))) {
        await tx.saveDevice(device(0, { id: one.deviceId }))
      }
      await tx.saveToken(one)
    }
  })
}

function describeImpossibleTokens(open: OpenStore): void {
  const impossible: Readonly<Record<string, Partial<Token>>> = {
    'without a device': { deviceId: deviceId(9) },
    'with the id of another': { tokenId: tokenId(1) },
    'with the secret of another': { tokenHash: tokenHash(1) },
    'with the previous secret of another': { previousHash: tokenHash(10) },
    'with its own secret as the previous one': { previousHash: tokenHash(2) },
    'with a hash that is none': { tokenHash: 'pgd_secret' as Token['tokenHash'] },
    'with a role that does not exist': { role: 'owner' as Token['role'] },
    'revoked by nobody': { revokedAt: at(5) },
    'with a time that is no whole number': { createdAt: at(1.5) },
    'with a time that is none': { createdAt: at(Number.NaN) },
    'without a session': { sessionId: undefined as never },
  }
  for (const [what, changes] of Object.entries(impossible)) {
    test(
      `a token ${what} cannot be stored, and the transaction leaves nothing behind`,
      withStore(open, async (store) => {
        await save(store, token(1, { previousHash: tokenHash(10) }))
        const saving = store.mutate(async (tx) => {
          await tx.saveDevice(device(2))
          await tx.saveToken(token(2, changes))
        })
        await assert.rejects(saving)
        assert.deepEqual(await store.read.listTokens(), [token(1, { previousHash: tokenHash(10) })])
        assert.equal(await store.read.findDevice(deviceId(2)), undefined)
        await save(store, token(2))
      }),
    )
  }
}
