import type { Compilable, Kysely, QueryResult } from 'kysely'
import type { Tables } from './tables.ts'

/** Runs a query that was built once with new values, in the order of its placeholders. */
export type FixedQuery<Row> = (
  db: Kysely<Tables>,
  ...values: readonly (string | number | null)[]
) => Promise<QueryResult<Row>>

/** Building and compiling a query costs more than SQLite needs to answer it: the hot ones do it once. */
export function fixQuery<Row>(query: Compilable<Row>): FixedQuery<Row> {
  const compiled = query.compile()
  const wanted = compiled.parameters.length
  return async (db, ...parameters) => {
    // A missing value would be bound as NULL and the query would quietly find nothing.
    if (parameters.length !== wanted) throw new Error(`${wanted} values wanted for: ${compiled.sql}`)
    return db.executeQuery({ ...compiled, parameters })
  }
}
