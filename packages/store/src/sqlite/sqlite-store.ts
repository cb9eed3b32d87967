import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '@pairgate/core'
import { sql } from 'kysely'
import type { EngineWords, ListOf } from '../sql/engine-words.ts'
import { migrateToLatest } from '../sql/migrate.ts'
import { createSqlStore } from '../sql/sql-store.ts'
import { createReadingKysely, createWritingKysely } from './sqlite-kysely.ts'
import { createCheckPlace, findPlace, openReader, openWriter } from './sqlite-open.ts'
import { scrubFile } from './sqlite-scrub.ts'

export interface SqliteStoreOptions {
  /** The database file, which is made if it is missing, or `:memory:` for one that ends with the store. */
  readonly path: string
}

/** How long a transaction waits for another process before it gives up. */
const LOCK_PATIENCE_MS = 5_000
export const SQLITE_WORDS: EngineWords = { text: sql`text`, wholeNumber: 'integer', tableEnd: sql`strict` }
export const SQLITE_LIST: ListOf = (values) => sql`(select value from json_each(${JSON.stringify(values)}))`

/** Opens a database, brings its tables up to date, and keeps core's `Store` port on it. */
export async function openSqliteStore({ path }: SqliteStoreOptions): Promise<Store> {
  const place = findPlace(path)
  const opened: DatabaseSync[] = []
  const closeAll = () => {
    // The writer last: only it can bring the write-ahead log home.
    for (const database of opened.toReversed()) if (database.isOpen) database.close()
    place.clear()
  }
  try {
    const writer = await openWriter(place, LOCK_PATIENCE_MS)
    opened.push(writer)
    const writing = createWritingKysely(writer, LOCK_PATIENCE_MS, createCheckPlace(place))
    await writing.transaction().execute((trx) => migrateToLatest(trx, SQLITE_WORDS))
    const reader = openReader(place)
    opened.push(reader)
    return createSqlStore(writing, createReadingKysely(reader), {
      listOf: SQLITE_LIST,
      scrub: () => scrubFile(writer),
      close: async () => closeAll(),
    })
  } catch (error) {
    closeAll()
    throw error
  }
}
