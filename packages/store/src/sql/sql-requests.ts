import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { DeviceId, Instant } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import { fromOpenRequest, toOpenRequest, toPendingPlace, toRequest } from './rows.ts'
import type { Tables } from './tables.ts'

type RequestReads = Pick<
  StoreReader,
  | 'findRequest'
  | 'listOpenRequests'
  | 'listRequestsExpired'
  | 'countOpenRequests'
  | 'countOpenRequestsFrom'
  | 'listPendingPlaces'
  | 'listRequestsOf'
>
type RequestWrites = Pick<
  StoreTransaction,
  'insertRequest' | 'refreshRequest' | 'settleRequest' | 'trimRequests'
>

export function readRequests(db: Kysely<Tables>): RequestReads {
  const open = (now: Instant) =>
    db.selectFrom('pairing_requests').where('state', '=', 'open').where('expires_at', '>', now)
  const countOpen = (now: Instant) => open(now).select((eb) => eb.fn.countAll<number>().as('count'))
  return {
    async findRequest(id) {
      const row = await db.selectFrom('pairing_requests').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toRequest(row)
    },
    async listOpenRequests(now: Instant, only?: DeviceId) {
      let query = open(now).selectAll()
      if (only !== undefined) query = query.where('device_id', '=', only)
      const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()
      return rows.map(toOpenRequest)
    },
    async listRequestsExpired(after, until) {
      const rows = await open(after)
        .selectAll()
        .where('expires_at', '<=', until)
        .orderBy('expires_at')
        .orderBy('id')
        .execute()
      return rows.map(toOpenRequest)
    },
    async countOpenRequests(now) {
      const { count } = await countOpen(now).executeTakeFirstOrThrow()
      return Number(count)
    },
    async countOpenRequestsFrom(prefix, now) {
      const { count } = await countOpen(now).where('prefix', '=', prefix).executeTakeFirstOrThrow()
      return Number(count)
    },
    async listRequestsOf(invitation) {
      const filed = db.selectFrom('pairing_requests').selectAll().where('invitation_id', '=', invitation)
      const rows = await filed.orderBy('created_at', 'desc').orderBy('id', 'desc').execute()
      return rows.map(toRequest)
    },
    async listPendingPlaces(now) {
      const rows = await open(now).select(['id', 'device_id', 'prefix', 'created_at']).execute()
      return rows.map(toPendingPlace)
    },
  }
}

export function writeRequests(db: Kysely<Tables>): RequestWrites {
  const openRow = (id: string) =>
    db.updateTable('pairing_requests').where('id', '=', id).where('state', '=', 'open')
  return {
    async insertRequest(request) {
      await db.insertInto('pairing_requests').values(fromOpenRequest(request)).execute()
    },
    async refreshRequest({ id, refreshedAt, expiresAt }) {
      await openRow(id).set({ refreshed_at: refreshedAt, expires_at: expiresAt }).execute()
    },
    async settleRequest({ id, state, decidedAt, decidedBy, supersededBy }) {
      // Only the decision: what was shown under an id never changes.
      const { numUpdatedRows } = await openRow(id)
        .set({
          state,
          decided_at: decidedAt,
          decided_by: decidedBy,
          superseded_by: supersededBy ?? null,
        })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async trimRequests(keep, now) {
      await trim(db, { state: 'superseded', now: undefined }, keep)
      await trim(db, { state: 'open', now }, keep)
    },
  }
}

/** By the deadline, which every request has: those of one moment go together. */
async function trim(
  db: Kysely<Tables>,
  { state, now }: { readonly state: 'superseded' | 'open'; readonly now: Instant | undefined },
  keep: number,
): Promise<void> {
  let rows = db.selectFrom('pairing_requests').select('expires_at').where('state', '=', state)
  if (now !== undefined) rows = rows.where('expires_at', '<=', now)
  const last = await rows.orderBy('expires_at', 'desc').limit(1).offset(keep).executeTakeFirst()
  if (!last) return
  await db
    .deleteFrom('pairing_requests')
    .where('state', '=', state)
    .where('expires_at', '<=', last.expires_at)
    .execute()
}

export async function deleteFinishedRequests(
  db: Kysely<Tables>,
  before: Instant,
  only?: DeviceId,
): Promise<void> {
  const some = db.deleteFrom('pairing_requests')
  const rows = only === undefined ? some : some.where('device_id', '=', only)
  await rows.where('decided_at', '<', before).execute()
  await rows.where('state', '=', 'open').where('expires_at', '<', before).execute()
}
