import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

// Shipped once, never edited: a later change is a later file.

/** Whom an operator let in is asked when it is revoked, also where there are a million devices. */
export function approvers(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.createIndex('devices_by_approver').on('devices').column('approved_by').execute()
    },
  }
}
