import { ARRIVALS, EMPTY_LOG, type StoreReader, type StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import { EMPTY_EVENT_ROW, fromEventRecord, joinedEvents, toEventRecord, toLoggedEvent } from './event-rows.ts'
import type { HotQueries } from './hot-queries.ts'
import type { Tables } from './tables.ts'

const COLUMNS = Object.keys(EMPTY_EVENT_ROW) as (keyof typeof EMPTY_EVENT_ROW)[]

type EventReads = Pick<
  StoreReader,
  'eventsAfter' | 'eventRecordsAfter' | 'listEventRecords' | 'headSeq' | 'eventHead' | 'wasRemoved'
>

export function readEvents(db: Kysely<Tables>, hot: HotQueries): EventReads {
  return {
    async eventsAfter(cursor, limit) {
      const { rows } = await hot.eventsAfter(db, cursor, limit)
      return rows.map(toLoggedEvent)
    },
    async eventRecordsAfter(cursor, limit) {
      const { rows } = await hot.eventsAfter(db, cursor, limit)
      return rows.map(toEventRecord)
    },
    async listEventRecords({ before, from, deviceId, kind, seenIn, mac, limit }) {
      let query = joinedEvents(db)
        .where('events.seq', '<', before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('events.seq', 'desc')
        .limit(limit)
      if (deviceId !== undefined) query = query.where('events.device_id', '=', deviceId)
      if (kind !== undefined) query = query.where('events.kind', '=', kind)
      if (from !== undefined) query = query.where('events.seq', '>=', from)
      if (mac !== undefined) query = query.where('events.mac', '=', mac)
      if (seenIn !== undefined)
        query = query.where((eb) =>
          eb.or([eb('events.session_id', '=', seenIn), eb('events.kind', 'in', ARRIVALS)]),
        )
      return (await query.execute()).map(toEventRecord)
    },
    async headSeq() {
      const { head } = await db
        .selectFrom('events')
        .select((eb) => eb.fn.max('seq').as('head'))
        .executeTakeFirstOrThrow()
      return Number(head ?? 0)
    },
    async eventHead() {
      const { rows } = await hot.eventHead(db, 0, 1)
      return rows[0] ? { ...rows[0] } : EMPTY_LOG
    },
    async wasRemoved(id) {
      // A device that was approved again after its removal is no longer a removed one.
      const last = await db
        .selectFrom('events')
        .select('kind')
        .where('device_id', '=', id)
        .where('kind', 'in', ['device-removed', 'pairing-approved', 'invitation-redeemed'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      if (last) return last.kind === 'device-removed'
      const query = db.selectFrom('removed_devices').select('device_id').where('device_id', '=', id)
      return (await query.executeTakeFirst()) !== undefined
    },
  }
}

export function writeEvents(db: Kysely<Tables>, hot: HotQueries): Pick<StoreTransaction, 'appendEvent'> {
  return {
    async appendEvent(record) {
      // The primary key refuses a place that is taken; under the append lock nobody else can take it.
      const row = fromEventRecord(record)
      await hot.insertEvent(db, ...COLUMNS.map((column) => row[column]))
      const { seq, details } = record
      if (details) await hot.insertDetails(db, seq, details.salt, details.body)
    },
  }
}
