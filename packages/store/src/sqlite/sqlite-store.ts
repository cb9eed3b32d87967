import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '@pairgate/core'
import { type Kysely, sql, type Transaction } from 'kysely'
import { createTurns } from '../one-at-a-time.ts'
import type { EngineWords } from '../sql/engine-words.ts'
import { createHotQueries } from '../sql/hot-queries.ts'
import { migrateToLatest } from '../sql/migrate.ts'
import { runWork } from '../sql/run-work.ts'
import { createSqlReader } from '../sql/sql-reader.ts'
import { deleteFinishedRequests } from '../sql/sql-requests.ts'
import { noteTokenUses } from '../sql/sql-tokens.ts'
import { createSqlTransaction } from '../sql/sql-transaction.ts'
import type { Tables } from '../sql/tables.ts'
import { createReadingKysely, createWritingKysely } from './sqlite-kysely.ts'
import { findPlace, openReader, openWriter } from './sqlite-open.ts'

export interface SqliteStoreOptions {
  /** The database file, which is made if it is missing, or `:memory:` for one that ends with the store. */
  readonly path: string
}

/** How long a transaction waits for another process before it gives up. */
const LOCK_PATIENCE_MS = 5_000
const SQLITE_WORDS: EngineWords = { wholeNumber: 'integer', tableEnd: sql`strict` }

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
    const writing = createWritingKysely(writer, LOCK_PATIENCE_MS)
    await writing.transaction().execute((trx) => migrateToLatest(trx, SQLITE_WORDS))
    const reader = openReader(place)
    opened.push(reader)
    return createSqliteStore(writing, createReadingKysely(reader), closeAll)
  } catch (error) {
    closeAll()
    throw error
  }
}

/** The port on two connections: what `reading` sees never waits for what `writing` does. */
export function createSqliteStore(
  writing: Kysely<Tables>,
  reading: Kysely<Tables>,
  closeBoth: () => void,
): Store {
  const turns = createTurns()
  const hot = createHotQueries(reading)
  const inTransaction = <T>(work: (trx: Transaction<Tables>) => Promise<T>) =>
    turns.take(() => writing.transaction().execute(work))

  return {
    read: createSqlReader(reading, hot),
    mutate: (work) => inTransaction((trx) => runWork(createSqlTransaction(trx, hot), work)),
    async noteTokenUse(uses) {
      if (uses.length > 0) await inTransaction((trx) => noteTokenUses(trx, hot, uses))
    },
    forgetRequests: (before) => inTransaction((trx) => deleteFinishedRequests(trx, before)),
    close: () => turns.takeLast(async () => closeBoth()),
  }
}
