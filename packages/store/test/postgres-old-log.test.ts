import { after, test } from 'node:test'
import { sql } from 'kysely'
import { checkOldLog } from '../src/contract/old-log.ts'
import { createWritingKysely } from '../src/postgres/postgres-kysely.ts'
import { openConnections } from '../src/postgres/postgres-pool.ts'
import { startPostgres } from './house/postgres-server.ts'

const server = await startPostgres({ after })

test('a log from before there was a chain keeps all that it held', async () => {
  const url = await server.freshDatabase()
  const connections = openConnections({ url, connections: 1, statementMs: 5_000, lockMs: 5_000 })
  const words = { text: sql`text collate "C"`, wholeNumber: 'bigint', tableEnd: sql`` } as const
  await createWritingKysely(connections, 'begin; select 1')
    .transaction()
    .execute((trx) => checkOldLog(trx, words))
  await connections.end()
})
