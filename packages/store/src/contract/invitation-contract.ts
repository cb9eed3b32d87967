import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Invitation, Store } from '@pairgate/core'
import { EVERY_SESSION } from '@pairgate/protocol'
import { at, decided, deviceId, invitation, invitationId, request } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

const MAC = 'c'.repeat(64)
const full = invitation(2, {
  codeMac: MAC,
  codeExpiresAt: at(5_000),
  roles: ['node', 'operator'],
  scopes: ['operator.admin'],
  session: EVERY_SESSION,
  tokenTtlMs: 60_000,
  label: 'Küche',
  confirm: true,
  createdBy: `device:${deviceId(9)}`,
  creatorMark: 'mark',
})
const claim = invitation(3, { claim: true, expiresAt: undefined })

async function insert(store: Store, ...all: readonly Invitation[]): Promise<void> {
  await store.mutate(async (tx) => {
    for (const one of all) await tx.insertInvitation(one)
  })
}

/** As a device has redeemed it. */
function redeemed(one: Invitation, by = 1): Invitation {
  return { ...one, redeemedBy: deviceId(by), redeemedAt: at(2_000), expiresAt: at(9_000) }
}

export function describeInvitations(open: OpenStore): void {
  describe('invitations', () => {
    test(
      'of two who bring a join code at once, one is told the secret, and nobody later',
      withStore(open, async (store) => {
        const one = invitation(1, { joins: true })
        await insert(store, one)
        const take = (now = at(2_000)) => store.mutate((tx) => tx.takeJoin(one.secretHash, now))
        const both = await Promise.all([take(), take()])
        assert.deepEqual(
          both.filter((taken) => taken !== undefined),
          [{ ...one, joins: false }],
        )
        assert.equal(await take(), undefined)
      }),
    )

    test(
      'are not told by a join code when they have none, or are over',
      withStore(open, async (store) => {
        const [plain, late, used, ended] = [
          invitation(1),
          invitation(2, { joins: true }),
          redeemed(invitation(3, { joins: true })),
          invitation(4, { joins: true, cancelledAt: at(1_500) }),
        ]
        await insert(store, plain, late, used, ended)
        for (const [{ secretHash }, now] of [
          [plain, at(2_000)],
          [late, at(10_000)],
          [used, at(2_000)],
          [ended, at(2_000)],
        ] as const) {
          assert.equal(await store.mutate((tx) => tx.takeJoin(secretHash, now)), undefined)
        }
      }),
    )

    test(
      'come back as they were inserted, and are found by id, by secret and by code',
      withStore(open, async (store) => {
        await insert(store, invitation(1), full, claim)
        const { read } = store
        assert.deepEqual(await read.listInvitations(), [claim, full, invitation(1)])
        assert.deepEqual(await read.findInvitation(invitationId(2)), full)
        assert.deepEqual(await read.findInvitationBySecret(claim.secretHash), claim)
        assert.deepEqual(await read.findInvitationsByCode(MAC), [full])
        assert.deepEqual(
          [await read.findInvitation(invitationId(9)), await read.findInvitationBySecret('x')],
          [undefined, undefined],
        )
        assert.deepEqual(await read.findInvitationsByCode('d'.repeat(64)), [])
      }),
    )

    test(
      'share no secret, and never hold one that was not hashed',
      withStore(open, async (store) => {
        await insert(store, invitation(1))
        const { secretHash } = invitation(1)
        await assert.rejects(insert(store, invitation(2, { secretHash })))
        await assert.rejects(insert(store, invitation(2, { secretHash: 'pgi_secret' })))
        await assert.rejects(insert(store, invitation(2, { codeMac: '482913', codeExpiresAt: at(1) })))
        await assert.rejects(insert(store, invitation(2, { expiresAt: undefined })))
        assert.deepEqual(await store.read.listInvitations(), [invitation(1)])
      }),
    )

    test(
      'of many devices that redeem one at once, exactly one does',
      withStore(open, async (store) => {
        await insert(store, claim)
        const tries = Array.from({ length: 20 }, (_, n) =>
          store.mutate((tx) => tx.redeemInvitation(redeemed(claim, n))),
        )
        const won = await Promise.all(tries)
        assert.equal(won.filter(Boolean).length, 1)
        assert.deepEqual(await store.read.findInvitation(claim.id), redeemed(claim, won.indexOf(true)))
      }),
    )

    test(
      'that were cancelled are redeemed by nobody, and cancelled once',
      withStore(open, async (store) => {
        await insert(store, invitation(1), full)
        const cancel = (one: Invitation, ms: number) =>
          store.mutate((tx) => tx.cancelInvitation(one.id, at(ms)))
        assert.deepEqual([await cancel(full, 3_000), await cancel(full, 4_000)], [true, false])
        assert.equal(await store.mutate((tx) => tx.redeemInvitation(redeemed(full))), false)
        assert.deepEqual(await store.read.findInvitation(full.id), { ...full, cancelledAt: at(3_000) })

        const used = redeemed(invitation(1))
        assert.equal(await store.mutate((tx) => tx.redeemInvitation(used)), true)
        assert.equal(await cancel(used, 5_000), true)
        assert.deepEqual(await store.read.findInvitation(used.id), { ...used, cancelledAt: at(5_000) })
      }),
    )

    test(
      'are forgotten when they have ended before a moment, and a claim that waits never',
      withStore(open, async (store) => {
        const over = invitation(4, { claim: true, expiresAt: undefined })
        await insert(store, invitation(1), claim, over)
        await store.mutate((tx) => tx.cancelInvitation(over.id, at(2_000)))
        await store.forgetInvitations(at(2_000))
        assert.equal((await store.read.listInvitations()).length, 3)
        await store.forgetInvitations(at(10_000))
        assert.deepEqual(await store.read.listInvitations(), [claim, invitation(1)])
        await store.forgetInvitations(at(10_001))
        assert.deepEqual(await store.read.listInvitations(), [claim])
      }),
    )

    test(
      'list the requests that were filed under them, whatever became of those',
      withStore(open, async (store) => {
        const filed = { invitationId: invitationId(1) }
        await store.mutate(async (tx) => {
          await tx.insertRequest(request(1, filed))
          await tx.insertRequest(request(2, filed))
          await tx.insertRequest(request(3))
          await tx.settleRequest(decided(request(1, filed), { state: 'rejected' }))
        })
        assert.deepEqual(await store.read.listRequestsOf(invitationId(1)), [
          request(2, filed),
          decided(request(1, filed), { state: 'rejected' }),
        ])
        assert.deepEqual(await store.read.listRequestsOf(invitationId(2)), [])
      }),
    )
  })
}
