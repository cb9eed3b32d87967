import { LASTING_KINDS, type StoreReader, type StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import { ERASED_LOOK, joinedEvents } from './event-rows.ts'
import type { HotQueries } from './hot-queries.ts'
import type { Tables } from './tables.ts'

export function readErasable(db: Kysely<Tables>): Pick<StoreReader, 'listErasable'> {
  return {
    async listErasable({ deviceId, before, upTo }, cursor, limit) {
      let query = joinedEvents(db)
        .where('events.seq', '>', cursor)
        .where('events.seq', '<=', upTo)
        .where('events.kind', 'not in', LASTING_KINDS)
        .where('event_details.body', 'not like', ERASED_LOOK)
        .orderBy('events.seq')
        .limit(limit)
      if (before !== undefined) query = query.where('events.at', '<', before)
      if (deviceId !== undefined) {
        query = query.where((eb) =>
          eb.or([eb('events.device_id', '=', deviceId), eb('events.actor', '=', `device:${deviceId}`)]),
        )
      }
      const rows = await query.execute()
      return rows.map(({ seq, salt, body }) => ({
        seq,
        saltBytes: Buffer.byteLength(salt ?? ''),
        bodyBytes: Buffer.byteLength(body ?? ''),
      }))
    },
  }
}

export function writeErasures(db: Kysely<Tables>, hot: HotQueries): Pick<StoreTransaction, 'eraseDetails'> {
  return {
    async eraseDetails(details) {
      for (const { seq, saltBytes, bodyBytes } of details) {
        await hot.overwriteDetails(db, ' '.repeat(saltBytes), ' '.repeat(Math.max(1, bodyBytes)), seq)
      }
    },
  }
}
