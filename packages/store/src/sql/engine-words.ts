import type { RawBuilder } from 'kysely'

/** What the two engines spell differently where tables are made. Everything else is the same SQL. */
export interface EngineWords {
  /**
   * Text that is compared byte by byte. PostgreSQL would sort it as people do, in an order that a new
   * version of the operating system may change under an index.
   */
  readonly text: RawBuilder<unknown>
  /** Whole numbers up to 2^53: SQLite's strict tables say `integer`, which is too small on PostgreSQL. */
  readonly wholeNumber: 'integer' | 'bigint'
  /** What stands behind the list of columns. */
  readonly tableEnd: RawBuilder<unknown>
}

/** The values of a list, as one column. One parameter, so that no query's text depends on how many there are. */
export type ListOf = (values: readonly string[]) => RawBuilder<unknown>
