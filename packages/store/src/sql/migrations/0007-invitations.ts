import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** Invitations, and the requests of those who brought one that has to be confirmed. */
export function invitations({ text, wholeNumber, tableEnd }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('invitations')
        .addColumn('id', text, (column) => column.primaryKey().notNull())
        .addColumn('secret_hash', text, (column) => column.notNull().unique())
        .addColumn('code_mac', text)
        .addColumn('code_expires_at', wholeNumber)
        .addColumn('roles', text, (column) => column.notNull())
        .addColumn('scopes', text, (column) => column.notNull())
        .addColumn('session', text)
        .addColumn('token_ttl_ms', wholeNumber)
        .addColumn('label', text)
        .addColumn('confirm', wholeNumber, (column) => column.notNull())
        .addColumn('claim', wholeNumber, (column) => column.notNull())
        .addColumn('joins', wholeNumber, (column) => column.notNull())
        .addColumn('created_by', text, (column) => column.notNull())
        .addColumn('creator_scopes', text, (column) => column.notNull())
        .addColumn('creator_mark', text)
        .addColumn('created_at', wholeNumber, (column) => column.notNull())
        .addColumn('expires_at', wholeNumber)
        .addColumn('redeemed_by', text)
        .addColumn('redeemed_at', wholeNumber)
        .addColumn('cancelled_at', wholeNumber)
        .addCheckConstraint('invitations_secret_is_hashed', sql`length(secret_hash) = 64`)
        .addCheckConstraint('invitations_code_is_hashed', sql`code_mac is null or length(code_mac) = 64`)
        .addCheckConstraint('invitations_code_ends', sql`(code_mac is null) = (code_expires_at is null)`)
        .addCheckConstraint('invitations_redeemed_by', sql`(redeemed_at is null) = (redeemed_by is null)`)
        .addCheckConstraint(
          'invitations_claim',
          sql`expires_at is not null or (claim = 1 and redeemed_at is null)`,
        )
        .modifyEnd(tableEnd)
        .execute()
      await db.schema.createIndex('invitations_by_deadline').on('invitations').column('expires_at').execute()
      await db.schema.createIndex('invitations_by_code').on('invitations').column('code_mac').execute()
      await db.schema.alterTable('pairing_requests').addColumn('invitation_id', text).execute()
      await db.schema
        .createIndex('requests_by_invitation')
        .on('pairing_requests')
        .column('invitation_id')
        .execute()
    },
  }
}
