import type { Store } from '@pairgate/core'
import { openSqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts'

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` and what else `pg` knows. */
  readonly url: string
  /** Refuses to open, and to write, while another store that wants the same has this database. */
  readonly alone?: boolean
}

export type StorePlace = SqliteStoreOptions | PostgresStoreOptions

/** A file of SQLite's or a database of a PostgreSQL server, behind the same port. */
export function openStore(place: StorePlace): Promise<Store> {
  return 'url' in place ? openPostgresStore(place) : openSqliteStore(place)
}

/** Opens a database of a server, brings its tables up to date, and keeps core's `Store` port on it. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  // Loaded only here: whoever stays with SQLite should not pay for another engine's driver.
  const { openPostgres } = await import('./postgres/postgres-store.ts')
  return openPostgres(options)
}
