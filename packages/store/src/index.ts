export { openSqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts'
export { StoreUnavailable, type StoreUnavailableReason } from './store-unavailable.ts'
