import type { FeedRow, StoreReader } from '@pairgate/core'
import type { DeviceId, Instant } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import type { FeedTableRow, Tables } from './tables.ts'

export function readFeed(db: Kysely<Tables>): Pick<StoreReader, 'listFeed'> {
  return {
    async listFeed(limit) {
      const rows = await db
        .selectFrom('feed')
        .selectAll()
        .orderBy('last_at', 'desc')
        .orderBy('kind')
        .orderBy('reason')
        .orderBy('prefix')
        .limit(limit)
        .execute()
      return rows.map(toFeedRow)
    },
  }
}

export async function mergeFeed(db: Kysely<Tables>, rows: readonly FeedRow[]): Promise<void> {
  for (const row of rows) {
    await db
      .insertInto('feed')
      .values(fromFeedRow(row))
      .onConflict((conflict) =>
        conflict.columns(['span', 'kind', 'reason', 'prefix']).doUpdateSet((eb) => ({
          device_id: eb.fn.coalesce('excluded.device_id', 'feed.device_id'),
          count: eb('feed.count', '+', eb.ref('excluded.count')),
          last_at: eb.ref('excluded.last_at'),
        })),
      )
      .execute()
  }
}

/** Deletes what ended before a moment, and the oldest beyond so many; those of one moment go together. */
export async function trimFeed(db: Kysely<Tables>, before: Instant, keep: number): Promise<void> {
  await db.deleteFrom('feed').where('last_at', '<', before).execute()
  const newest = db.selectFrom('feed').select('last_at').orderBy('last_at', 'desc')
  const last = await newest.limit(1).offset(keep).executeTakeFirst()
  if (last) await db.deleteFrom('feed').where('last_at', '<=', last.last_at).execute()
}

export async function forgetFeed(db: Kysely<Tables>, only: DeviceId): Promise<void> {
  await db.deleteFrom('feed').where('device_id', '=', only).execute()
}

function fromFeedRow({
  span,
  kind,
  reason,
  prefix,
  deviceId,
  count,
  firstAt,
  lastAt,
}: FeedRow): FeedTableRow {
  const device_id = deviceId ?? null
  return { span, kind, reason, prefix, device_id, count, first_at: firstAt, last_at: lastAt }
}

function toFeedRow(row: FeedTableRow): FeedRow {
  const { span, kind, reason, prefix, device_id, count, first_at, last_at } = row
  return {
    span,
    kind,
    reason,
    prefix,
    deviceId: device_id ?? undefined,
    count,
    firstAt: first_at,
    lastAt: last_at,
  }
}
