import type { Message, StoreReader, StoreTransaction } from '@pairgate/core'
import type { Instant, SessionId } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import { unknownWord } from './rows.ts'
import type { MessageRow, Tables } from './tables.ts'

export function readMessages(
  db: Kysely<Tables>,
): Pick<StoreReader, 'findSentMessage' | 'messageBounds' | 'listMessages'> {
  const messages = db.selectFrom('messages').selectAll()
  return {
    async findSentMessage(id, actor, idempotencyKey) {
      const row = await messages
        .where('session_id', '=', id)
        .where('actor', '=', actor)
        .where('idempotency_key', '=', idempotencyKey)
        .executeTakeFirst()
      return row && toMessage(row)
    },
    async messageBounds(id) {
      const { first, last } = await db
        .selectFrom('messages')
        .select(({ fn }) => [fn.min('seq').as('first'), fn.max('seq').as('last')])
        .where('session_id', '=', id)
        .executeTakeFirstOrThrow()
      return { first: Number(first ?? 0), last: Number(last ?? 0) }
    },
    async listMessages(id, { after, before, from, limit }) {
      let query = messages.where('session_id', '=', id)
      if (after !== undefined) query = query.where('seq', '>', after)
      if (before !== undefined) query = query.where('seq', '<', before)
      const order = from === 'oldest' ? 'asc' : 'desc'
      const rows = (await query.orderBy('seq', order).limit(limit).execute()).map(toMessage)
      return from === 'oldest' ? rows : rows.reverse()
    },
  }
}

export function writeMessages(db: Kysely<Tables>): Pick<StoreTransaction, 'insertMessage' | 'trimMessages'> {
  return {
    async insertMessage(message) {
      await db.insertInto('messages').values(fromMessage(message)).execute()
    },
    async trimMessages(id, upTo, most) {
      const oldest = db.selectFrom('messages').select('seq').where('session_id', '=', id)
      const going = await oldest.where('seq', '<=', upTo).orderBy('seq').limit(most).execute()
      const last = going.at(-1)
      if (!last) return
      await db.deleteFrom('messages').where('session_id', '=', id).where('seq', '<=', last.seq).execute()
    },
  }
}

function toMessage(row: MessageRow): Message {
  if (row.role !== 'user') throw unknownWord('role of a message', row.role)
  return {
    id: row.id,
    sessionId: row.session_id as SessionId,
    seq: row.seq,
    at: row.at as Instant,
    actor: row.actor,
    role: row.role,
    text: row.text,
    idempotencyKey: row.idempotency_key,
    paramsHash: row.params_hash,
  }
}

function fromMessage(message: Message): MessageRow {
  return {
    id: message.id,
    session_id: message.sessionId,
    seq: message.seq,
    at: message.at,
    actor: message.actor,
    role: message.role,
    text: message.text,
    idempotency_key: message.idempotencyKey,
    params_hash: message.paramsHash,
  }
}
