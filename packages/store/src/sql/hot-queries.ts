import { type Kysely, sql } from 'kysely'
import { EMPTY_EVENT_ROW, joinedEvents } from './event-rows.ts'
import { fixQuery } from './fixed-query.ts'
import type { Tables } from './tables.ts'

export type HotQueries = ReturnType<typeof createHotQueries>

/** What every connect asks for, what every decision writes, and what is written for all once a second. */
export function createHotQueries(db: Kysely<Tables>) {
  const tokens = db.selectFrom('tokens').selectAll()
  // What a connect has to know of the device comes along, so that it needs no read of its own.
  const found = db
    .selectFrom('tokens')
    .innerJoin('devices', 'devices.id', 'tokens.device_id')
    .selectAll('tokens')
    .select('devices.origin_signed_at')
  return {
    deviceById: fixQuery(db.selectFrom('devices').selectAll().where('id', '=', '')),
    tokenOfDevice: fixQuery(tokens.where('device_id', '=', '').where('role', '=', '')),
    tokenByHash: fixQuery(found.where('tokens.token_hash', '=', '')),
    accessTokenByHash: fixQuery(db.selectFrom('access_tokens').selectAll().where('hash', '=', '')),
    sessionById: fixQuery(db.selectFrom('sessions').selectAll().where('id', '=', '')),
    tokenByPreviousHash: fixQuery(found.where('tokens.previous_hash', '=', '')),
    /** Values: 0, 1. */
    eventHead: fixQuery(
      db
        .selectFrom('events')
        .select(['epoch', 'seq', 'mac'])
        .where('seq', '>', 0)
        .orderBy('seq', 'desc')
        .limit(1),
    ),
    /** Values: cursor, limit. */
    eventsAfter: fixQuery(joinedEvents(db).where('events.seq', '>', 0).orderBy('events.seq').limit(0)),
    /** Values: those of an `EventRow`, in the order of `EMPTY_EVENT_ROW`. */
    insertEvent: fixQuery(db.insertInto('events').values(EMPTY_EVENT_ROW)),
    /** Values: seq, salt, body. */
    insertDetails: fixQuery(db.insertInto('event_details').values({ seq: 0, salt: '', body: '' })),
    /** Values: salt, body, seq. */
    overwriteDetails: fixQuery(
      db.updateTable('event_details').set({ salt: '', body: '' }).where('seq', '=', 0),
    ),
    /** Values: device id. */
    noteEnds: fixQuery(noteEnds(db)),
    /** Values: at, token id, at. */
    noteTokenUsed: fixQuery(
      db
        .updateTable('tokens')
        .set('last_used_at', 0)
        .where('token_id', '=', '')
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', 0)])),
    ),
    /** Values: at, ip, device id, at. */
    noteDeviceSeen: fixQuery(
      db
        .updateTable('devices')
        .set({ last_seen_at: 0, last_seen_ip: '' })
        .where('id', '=', '')
        .where((eb) => eb.or([eb('last_seen_at', 'is', null), eb('last_seen_at', '<', 0)])),
    ),
  }
}

/** When the first and the last of a device's standing tokens end, noted with the device. */
function noteEnds(db: Kysely<Tables>) {
  const never = sql<number>`${sql.lit(Number.MAX_SAFE_INTEGER)}`
  const standing = db
    .selectFrom('tokens')
    .where(sql<boolean>`tokens.device_id = devices.id`)
    .where('tokens.revoked_at', 'is', null)
  const end = sql<number>`coalesce(tokens.expires_at, ${never})`
  return db
    .updateTable('devices')
    .set({
      first_end: sql<number>`coalesce((${standing.select(sql`min(tokens.expires_at)`.as('first'))}), ${never})`,
      last_end: sql<number>`coalesce((${standing.select(sql`max(${end})`.as('last'))}), 0)`,
    })
    .where('id', '=', '')
}
