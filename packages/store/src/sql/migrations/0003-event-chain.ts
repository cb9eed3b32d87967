import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/**
 * Gives every event its place in a sealed chain, and puts what can be erased into a table of its own. Events
 * that are there already were not sealed when they were written: they keep an empty seal and epoch 0.
 */
export function eventChain(words: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const log = db as Kysely<BothLogs>
      await createDetails(log, words)
      await addColumns(log, words)
      for (const old of await log.selectFrom('events').selectAll().orderBy('seq').execute()) {
        await moveDetails(log, old)
      }
      for (const column of ['conn_id', 'remote_ip', 'details'] as const) {
        await db.schema.alterTable('events').dropColumn(column).execute()
      }
    },
  }
}

interface BothLogs {
  readonly events: {
    readonly seq: number
    readonly conn_id: string
    readonly remote_ip: string | null
    readonly kind: string
    readonly details: string
    readonly ends_connections: number | null
  }
  readonly event_details: { readonly seq: number; readonly salt: string; readonly body: string }
}

async function createDetails(db: Kysely<BothLogs>, words: EngineWords): Promise<void> {
  const { text, wholeNumber, tableEnd } = words
  await db.schema
    .createTable('event_details')
    .addColumn('seq', wholeNumber, (column) => column.primaryKey().notNull())
    .addColumn('salt', text, (column) => column.notNull())
    .addColumn('body', text, (column) => column.notNull())
    .addForeignKeyConstraint('details_have_an_event', ['seq'], 'events', ['seq'])
    .modifyEnd(tableEnd)
    .execute()
}

async function addColumns(db: Kysely<BothLogs>, { text, wholeNumber }: EngineWords): Promise<void> {
  const table = () => db.schema.alterTable('events')
  await table()
    .addColumn('epoch', wholeNumber, (column) => column.notNull().defaultTo(0))
    .execute()
  await table().addColumn('via', text).execute()
  await table().addColumn('ends_connections', wholeNumber).execute()
  for (const column of ['details_hash', 'prev', 'mac'] as const) {
    await table()
      .addColumn(column, text, (definition) => definition.notNull().defaultTo(''))
      .execute()
  }
}

async function moveDetails(db: Kysely<BothLogs>, old: BothLogs['events']): Promise<void> {
  const { seq, kind } = old
  const found: unknown = JSON.parse(old.details)
  const { scopesBefore, scopesAfter, before, after, endsConnections } = { ...Object(found) }
  const body = JSON.stringify({
    address: old.remote_ip ?? undefined,
    after: scopesAfter === undefined ? named(after) : { scopes: scopesAfter },
    before: scopesBefore === undefined ? named(before) : { scopes: scopesBefore },
    connection: old.conn_id,
  })
  await db.insertInto('event_details').values({ seq, salt: '', body }).execute()
  if (kind !== 'pairing-approved') return
  await db
    .updateTable('events')
    .set({ ends_connections: endsConnections === true ? 1 : 0 })
    .where('seq', '=', seq)
    .execute()
}

function named(name: unknown): { readonly name: string } | undefined {
  return typeof name === 'string' ? { name } : undefined
}
