export { type LookPlace, lookAtStore } from './look-at-store.ts'
export { openPostgresStore, openStore, type PostgresStoreOptions, type StorePlace } from './open-store.ts'
export {
  type CopyCounts,
  copySqliteDatabase,
  foldWriteAheadLog,
  openSqliteCopy,
  readSqliteHead,
  type SqliteCopy,
} from './sqlite/sqlite-copy.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts'
export type { StoreLook } from './store-look.ts'
export { StoreUnavailable, type StoreUnavailableReason } from './store-unavailable.ts'
