import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import { type Kysely, sql } from 'kysely'
import type { ListOf } from './engine-words.ts'
import type { HotQueries } from './hot-queries.ts'
import { fromSession, toSession, toToken } from './rows.ts'
import type { Tables } from './tables.ts'

export function readSessions(
  db: Kysely<Tables>,
  hot: HotQueries,
  listOf: ListOf,
): Pick<
  StoreReader,
  | 'findSession'
  | 'findSessions'
  | 'findSessionByKey'
  | 'listSessions'
  | 'listSessionFacts'
  | 'countSessions'
  | 'listSessionTokens'
> {
  const sessions = db.selectFrom('sessions').selectAll()
  return {
    async findSession(id) {
      const { rows } = await hot.sessionById(db, id)
      return rows[0] && toSession(rows[0])
    },
    async findSessions(ids) {
      const rows = await sessions.where(sql<boolean>`id in ${listOf(ids)}`).execute()
      return rows.map(toSession)
    },
    async findSessionByKey(key) {
      const row = await sessions.where('key', '=', key).executeTakeFirst()
      return row && toSession(row)
    },
    async listSessions() {
      const rows = await sessions.orderBy('created_at').orderBy('id').execute()
      return rows.map(toSession)
    },
    async listSessionFacts({ only, limit }) {
      let query = selectFacts(db).orderBy('sessions.created_at', 'desc').orderBy('sessions.id').limit(limit)
      if (only !== undefined) query = query.where('sessions.id', '=', only)
      return (await query.execute()).map(({ last_seq, last_at, standing, ...row }) => ({
        session: toSession(row),
        lastSeq: Number(last_seq ?? 0),
        lastAt: last_at === null ? undefined : (Number(last_at) as Instant),
        tokens: Number(standing),
      }))
    },
    async countSessions() {
      const countAll = db.selectFrom('sessions').select((eb) => eb.fn.countAll<number>().as('count'))
      return Number((await countAll.executeTakeFirstOrThrow()).count)
    },
    async listSessionTokens(id) {
      const own = db.selectFrom('tokens').selectAll().where('session_id', '=', id)
      return (await own.orderBy('device_id').orderBy('role').execute()).map(toToken)
    },
  }
}

function selectFacts(db: Kysely<Tables>) {
  return db
    .selectFrom('sessions')
    .selectAll('sessions')
    .select((eb) => {
      const newest = eb
        .selectFrom('messages')
        .whereRef('messages.session_id', '=', 'sessions.id')
        .orderBy('messages.seq', 'desc')
        .limit(1)
      return [
        newest.select('messages.seq').as('last_seq'),
        newest.select('messages.at').as('last_at'),
        eb
          .selectFrom('tokens')
          .whereRef('tokens.session_id', '=', 'sessions.id')
          .where('tokens.revoked_at', 'is', null)
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .as('standing'),
      ]
    })
}

export function writeSessions(
  db: Kysely<Tables>,
): Pick<StoreTransaction, 'insertSession' | 'renameSession' | 'deleteSession'> {
  return {
    async insertSession(session) {
      await db.insertInto('sessions').values(fromSession(session)).execute()
    },
    async renameSession({ id, key, label }) {
      await db
        .updateTable('sessions')
        .set({ key, label: label ?? null })
        .where('id', '=', id)
        .execute()
    },
    async deleteSession(id) {
      await db.deleteFrom('sessions').where('id', '=', id).execute()
    },
  }
}
