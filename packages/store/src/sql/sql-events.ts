import { EMPTY_LOG, type StoreReader, type StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import { fromEventRecord, toEventRecord, toLoggedEvent } from './event-rows.ts'
import type { Tables } from './tables.ts'

type EventReads = Pick<
  StoreReader,
  'eventsAfter' | 'eventRecordsAfter' | 'listEventRecords' | 'headSeq' | 'eventHead' | 'wasRemoved'
>

export function readEvents(db: Kysely<Tables>): EventReads {
  const joined = db
    .selectFrom('events')
    .leftJoin('event_details', 'event_details.seq', 'events.seq')
    .selectAll('events')
    .select(['event_details.salt', 'event_details.body'])
  const rowsAfter = (cursor: number, limit: number) =>
    joined.where('events.seq', '>', cursor).orderBy('events.seq').limit(limit).execute()
  return {
    eventsAfter: async (cursor, limit) => (await rowsAfter(cursor, limit)).map(toLoggedEvent),
    eventRecordsAfter: async (cursor, limit) => (await rowsAfter(cursor, limit)).map(toEventRecord),
    async listEventRecords({ before, deviceId, kind, limit }) {
      let query = joined
        .where('events.seq', '<', before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('events.seq', 'desc')
        .limit(limit)
      if (deviceId !== undefined) query = query.where('events.device_id', '=', deviceId)
      if (kind !== undefined) query = query.where('events.kind', '=', kind)
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
      const last = await db
        .selectFrom('events')
        .select(['epoch', 'seq', 'mac'])
        .where('seq', '>', 0)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      return last ? { ...last } : EMPTY_LOG
    },
    async wasRemoved(id) {
      // A device that was approved again after its removal is no longer a removed one.
      const last = await db
        .selectFrom('events')
        .select('kind')
        .where('device_id', '=', id)
        .where('kind', 'in', ['device-removed', 'pairing-approved'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      return last?.kind === 'device-removed'
    },
  }
}

export function writeEvents(db: Kysely<Tables>): Pick<StoreTransaction, 'appendEvent'> {
  return {
    async appendEvent(record) {
      // The primary key refuses a place that is taken; under the append lock nobody else can take it.
      await db.insertInto('events').values(fromEventRecord(record)).execute()
      const { seq, details } = record
      if (details)
        await db
          .insertInto('event_details')
          .values({ seq, ...details })
          .execute()
    },
  }
}
