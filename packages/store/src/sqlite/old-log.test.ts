import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sql } from 'kysely'
import { checkOldLog } from '../contract/old-log.ts'
import { createWritingKysely } from './sqlite-kysely.ts'

test('a log from before there was a chain keeps all that it held', async () => {
  const database = new DatabaseSync(':memory:')
  const words = { text: sql`text`, wholeNumber: 'integer', tableEnd: sql`strict` } as const
  await createWritingKysely(database, 0)
    .transaction()
    .execute((trx) => checkOldLog(trx, words))
  database.close()
})
