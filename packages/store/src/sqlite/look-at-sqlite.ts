import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { createHotQueries } from '../sql/hot-queries.ts'
import { createSqlReader } from '../sql/sql-reader.ts'
import type { Tables } from '../sql/tables.ts'
import { judgeSchema, type StoreLook } from '../store-look.ts'
import { schemasOf } from './sqlite-copy.ts'
import { withNamedFailures } from './sqlite-failure.ts'
import { createReadingKysely } from './sqlite-kysely.ts'
import { SQLITE_LIST } from './sqlite-store.ts'

/** How long to wait while a gateway that starts or stops has locked all of its database. */
const PATIENCE_MS = 1_000

/** Reads what lies in the file and in its write-ahead log. */
export async function lookAtSqlite(path: string, mostBytes: number): Promise<StoreLook> {
  const database = withNamedFailures(() => new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MS }))
  try {
    return withNamedFailures(() => {
      database.exec('pragma trusted_schema = off')
      const soundness = statSync(path).size > mostBytes ? undefined : quickCheck(database)
      const db: Kysely<Tables> = createReadingKysely(database)
      return {
        engine: 'sqlite',
        schema: judgeSchema(schemasOf(database)),
        soundness,
        read: createSqlReader(db, createHotQueries(db), SQLITE_LIST),
        close: async () => database.close(),
      }
    })
  } catch (error) {
    database.close()
    throw error
  }
}

function quickCheck(database: DatabaseSync): string {
  return String(database.prepare('pragma quick_check(1)').get()?.['quick_check'])
}
