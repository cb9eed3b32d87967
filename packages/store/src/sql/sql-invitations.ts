import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import { fromInvitation, toInvitation } from './invitation-rows.ts'
import type { Tables } from './tables.ts'

export function readInvitations(
  db: Kysely<Tables>,
): Pick<
  StoreReader,
  'findInvitation' | 'findInvitationBySecret' | 'findInvitationsByCode' | 'listInvitations'
> {
  const invitations = db.selectFrom('invitations').selectAll()
  return {
    async findInvitation(id) {
      const row = await invitations.where('id', '=', id).executeTakeFirst()
      return row && toInvitation(row)
    },
    async findInvitationBySecret(secretHash) {
      const row = await invitations.where('secret_hash', '=', secretHash).executeTakeFirst()
      return row && toInvitation(row)
    },
    async findInvitationsByCode(codeMac) {
      const rows = await invitations.where('code_mac', '=', codeMac).execute()
      return rows.map(toInvitation)
    },
    async listInvitations() {
      const rows = await invitations.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()
      return rows.map(toInvitation)
    },
  }
}

export function writeInvitations(
  db: Kysely<Tables>,
): Pick<StoreTransaction, 'insertInvitation' | 'redeemInvitation' | 'takeJoin' | 'cancelInvitation'> {
  const standing = (id: string) =>
    db.updateTable('invitations').where('id', '=', id).where('cancelled_at', 'is', null)
  return {
    async insertInvitation(invitation) {
      await db.insertInto('invitations').values(fromInvitation(invitation)).execute()
    },
    async redeemInvitation({ id, redeemedBy, redeemedAt, expiresAt }) {
      const { numUpdatedRows } = await standing(id)
        .where('redeemed_at', 'is', null)
        .set({
          redeemed_by: redeemedBy ?? null,
          redeemed_at: redeemedAt ?? null,
          expires_at: expiresAt ?? null,
        })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async takeJoin(secretHash, now) {
      const row = await db
        .updateTable('invitations')
        .set({ joins: 0 })
        .where('secret_hash', '=', secretHash)
        .where('joins', '=', 1)
        .where('cancelled_at', 'is', null)
        .where('redeemed_at', 'is', null)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst()
      return row && toInvitation(row)
    },
    async cancelInvitation(id, at) {
      const { numUpdatedRows } = await standing(id).set({ cancelled_at: at }).executeTakeFirst()
      return numUpdatedRows === 1n
    },
  }
}

/** Those without a deadline only once they were cancelled: nobody has redeemed them. */
export async function deleteFinishedInvitations(db: Kysely<Tables>, before: Instant): Promise<void> {
  await db.deleteFrom('invitations').where('expires_at', '<', before).execute()
  await db
    .deleteFrom('invitations')
    .where('expires_at', 'is', null)
    .where('cancelled_at', '<', before)
    .execute()
}
