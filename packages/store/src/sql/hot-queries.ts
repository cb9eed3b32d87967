import type { Kysely } from 'kysely'
import { fixQuery } from './fixed-query.ts'
import type { Tables } from './tables.ts'

export type HotQueries = ReturnType<typeof createHotQueries>

/** What every connect asks for, and what is written for all of them once a second. */
export function createHotQueries(db: Kysely<Tables>) {
  const tokens = db.selectFrom('tokens').selectAll()
  return {
    deviceById: fixQuery(db.selectFrom('devices').selectAll().where('id', '=', '')),
    tokenOfDevice: fixQuery(tokens.where('device_id', '=', '').where('role', '=', '')),
    tokenByHash: fixQuery(tokens.where('token_hash', '=', '')),
    sessionById: fixQuery(db.selectFrom('sessions').selectAll().where('id', '=', '')),
    tokenByPreviousHash: fixQuery(tokens.where('previous_hash', '=', '')),
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
