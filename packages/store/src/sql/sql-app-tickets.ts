import type { AppTicket, StoreReader, StoreTransaction } from '@pairgate/core'
import type { DeviceId, Instant, SessionId, TokenHash, TokenId } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import { readRole, readScopes } from './rows.ts'
import type { AppTicketRow, Tables } from './tables.ts'

export function readAppTickets(db: Kysely<Tables>): Pick<StoreReader, 'findAppTicket' | 'countAppTickets'> {
  return {
    async findAppTicket(hash) {
      const row = await db.selectFrom('app_tickets').selectAll().where('hash', '=', hash).executeTakeFirst()
      return row && toAppTicket(row)
    },
    async countAppTickets(parentId, now) {
      const { count } = await db
        .selectFrom('app_tickets')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('parent_id', '=', parentId)
        .where('expires_at', '>', now)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
  }
}

export function writeAppTickets(
  db: Kysely<Tables>,
): Pick<StoreTransaction, 'insertAppTicket' | 'takeAppTicket' | 'trimAppCookies'> {
  return {
    async insertAppTicket(ticket) {
      await db.insertInto('app_tickets').values(fromAppTicket(ticket)).execute()
    },
    async takeAppTicket(hash) {
      const { numDeletedRows } = await db
        .deleteFrom('app_tickets')
        .where('hash', '=', hash)
        .executeTakeFirst()
      return numDeletedRows === 1n
    },
    async trimAppCookies(parentId, route, keep) {
      const kept = db
        .selectFrom('access_tokens')
        .select('hash')
        .where('parent_id', '=', parentId)
        .where('route', '=', route)
        .orderBy('created_at', 'desc')
        .orderBy('hash')
        .limit(keep)
      await db
        .deleteFrom('access_tokens')
        .where('parent_id', '=', parentId)
        .where('route', '=', route)
        .where('hash', 'not in', kept)
        .execute()
    },
  }
}

export async function deleteEndedTickets(db: Kysely<Tables>, before: Instant): Promise<void> {
  await db.deleteFrom('app_tickets').where('expires_at', '<', before).execute()
}

function toAppTicket(row: AppTicketRow): AppTicket {
  return {
    hash: row.hash as TokenHash,
    stateHash: row.state_hash,
    returnHash: row.return_hash,
    route: row.route,
    deviceId: row.device_id as DeviceId,
    role: readRole(row.role),
    parentId: row.parent_id as TokenId,
    sessionId: row.session_id as SessionId,
    scopes: readScopes(JSON.parse(row.scopes)),
    createdAt: row.created_at as Instant,
    expiresAt: row.expires_at as Instant,
  }
}

function fromAppTicket(ticket: AppTicket): AppTicketRow {
  return {
    hash: ticket.hash,
    state_hash: ticket.stateHash,
    return_hash: ticket.returnHash,
    route: ticket.route,
    device_id: ticket.deviceId,
    role: ticket.role,
    parent_id: ticket.parentId,
    session_id: ticket.sessionId,
    scopes: JSON.stringify(ticket.scopes),
    created_at: ticket.createdAt,
    expires_at: ticket.expiresAt,
  }
}
