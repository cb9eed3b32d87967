export { openPostgresStore, openStore, type PostgresStoreOptions, type StorePlace } from './open-store.ts'
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts'
export { StoreUnavailable, type StoreUnavailableReason } from './store-unavailable.ts'
