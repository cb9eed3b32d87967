import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import { fromLoggedEvent, toLoggedEvent } from './event-rows.ts'
import type { Tables } from './tables.ts'

export function readEvents(db: Kysely<Tables>): Pick<StoreReader, 'eventsAfter' | 'headSeq' | 'wasRemoved'> {
  return {
    async eventsAfter(cursor, limit) {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('seq', '>', cursor)
        .orderBy('seq')
        .limit(limit)
        .execute()
      return rows.map(toLoggedEvent)
    },
    headSeq: () => readHeadSeq(db),
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
    async appendEvent(event, actor, at) {
      // Safe because of the append lock: nobody else can take the same number before we commit.
      const seq = (await readHeadSeq(db)) + 1
      await db.insertInto('events').values(fromLoggedEvent({ seq, at, actor, event })).execute()
    },
  }
}

async function readHeadSeq(db: Kysely<Tables>): Promise<number> {
  const { head } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.max('seq').as('head'))
    .executeTakeFirstOrThrow()
  return Number(head ?? 0)
}
