import type { RawBuilder } from 'kysely'

/** What the two engines spell differently where tables are made. Everything else is the same SQL. */
export interface EngineWords {
  /** Whole numbers up to 2^53: SQLite's strict tables say `integer`, which is too small on PostgreSQL. */
  readonly wholeNumber: 'integer' | 'bigint'
  /** What stands behind the list of columns. */
  readonly tableEnd: RawBuilder<unknown>
}
