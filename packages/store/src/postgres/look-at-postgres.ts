import type { Kysely } from 'kysely'
import { createHotQueries } from '../sql/hot-queries.ts'
import { createSqlReader } from '../sql/sql-reader.ts'
import type { Tables } from '../sql/tables.ts'
import { judgeSchema, type StoreLook } from '../store-look.ts'
import { whileConnected } from './postgres-failure.ts'
import { createReadingKysely } from './postgres-kysely.ts'
import { type Connections, checkAddress, openConnections } from './postgres-pool.ts'
import { listOf } from './postgres-store.ts'

const STATEMENT_MS = 3_000
const LOCK_MS = 1_000

/** Takes two connections at most, and nothing that a gateway would miss. */
export async function lookAtPostgres(url: string): Promise<StoreLook> {
  checkAddress(url)
  const connections = openConnections({ url, connections: 2, statementMs: STATEMENT_MS, lockMs: LOCK_MS })
  try {
    const schema = judgeSchema(await schemasOf(connections))
    const db: Kysely<Tables> = createReadingKysely(connections)
    return {
      engine: 'postgres',
      schema,
      soundness: undefined,
      read: createSqlReader(db, createHotQueries(db), listOf),
      close: () => connections.end(),
    }
  } catch (error) {
    await connections.end()
    throw error
  }
}

async function schemasOf(connections: Connections): Promise<readonly string[]> {
  const client = await connections.take()
  try {
    return await whileConnected(async () => {
      const { rows: found } = await client.query("select to_regclass('kysely_migration') as at")
      if (found[0]?.at === null) return []
      const { rows } = await client.query('select name from kysely_migration order by name')
      return rows.map(({ name }) => String(name))
    })
  } finally {
    client.release()
  }
}
