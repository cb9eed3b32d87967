import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import type { HotQueries } from './hot-queries.ts'
import { fromSession, toSession } from './rows.ts'
import type { Tables } from './tables.ts'

export function readSessions(
  db: Kysely<Tables>,
  hot: HotQueries,
): Pick<StoreReader, 'findSession' | 'findSessionByKey' | 'listSessions'> {
  const sessions = db.selectFrom('sessions').selectAll()
  return {
    async findSession(id) {
      const { rows } = await hot.sessionById(db, id)
      return rows[0] && toSession(rows[0])
    },
    async findSessionByKey(key) {
      const row = await sessions.where('key', '=', key).executeTakeFirst()
      return row && toSession(row)
    },
    async listSessions() {
      const rows = await sessions.orderBy('created_at').orderBy('id').execute()
      return rows.map(toSession)
    },
  }
}

export function writeSessions(db: Kysely<Tables>): Pick<StoreTransaction, 'insertSession'> {
  return {
    async insertSession(session) {
      await db.insertInto('sessions').values(fromSession(session)).execute()
    },
  }
}
