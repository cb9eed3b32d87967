import { nameKeyOf } from '@pairgate/core'
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/**
 * What devices are searched by, and the orders in which they are paged. When the first and the last of a
 * device's tokens end lies with the device: asking fifty thousand times takes a quarter of a second.
 */
export function devicePages({ text, wholeNumber }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('devices')
        .addColumn('name_key', text, (column) => column.notNull().defaultTo(''))
        .execute()
      const addEnd = (name: string, none: number) =>
        db.schema
          .alterTable('devices')
          .addColumn(name, wholeNumber, (column) => column.notNull().defaultTo(none))
          .execute()
      await addEnd('first_end', Number.MAX_SAFE_INTEGER)
      await addEnd('last_end', 0)
      await fillNames(db as Kysely<NamedDevices>)
      await fillEnds(db)
      const index = (name: string) => db.schema.createIndex(name).on('devices')
      await index('devices_by_name').columns(['name_key', 'id']).execute()
      await index('devices_by_pairing').columns(['paired_at', 'id']).execute()
      await index('devices_by_end').columns(['first_end', 'id']).execute()
      await index('devices_by_sight').expression(sql`coalesce(last_seen_at, 0), id`).execute()
    },
  }
}

interface NamedDevices {
  readonly devices: {
    readonly id: string
    readonly name_key: string
    readonly operator_label: string | null
    readonly display_name: string | null
    readonly client_id: string | null
  }
}

async function fillNames(db: Kysely<NamedDevices>): Promise<void> {
  const named = db.selectFrom('devices').select(['id', 'operator_label', 'display_name', 'client_id'])
  for (const { id, operator_label, display_name, client_id } of await named.execute()) {
    const name_key = nameKeyOf({
      operatorLabel: operator_label ?? undefined,
      displayName: display_name ?? undefined,
      clientId: client_id ?? undefined,
    })
    await db.updateTable('devices').set({ name_key }).where('id', '=', id).execute()
  }
}

async function fillEnds(db: Kysely<unknown>): Promise<void> {
  const never = sql.lit(Number.MAX_SAFE_INTEGER)
  const standing = sql`from tokens where device_id = devices.id and revoked_at is null`
  await sql`update devices set
    first_end = coalesce((select min(expires_at) ${standing}), ${never}),
    last_end = coalesce((select max(coalesce(expires_at, ${never})) ${standing}), 0)`.execute(db)
}
