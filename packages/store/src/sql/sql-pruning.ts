import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

export function readPruning(db: Kysely<Tables>): Pick<StoreReader, 'firstEventSince' | 'countEventsUpTo'> {
  return {
    async firstEventSince(at) {
      const query = db.selectFrom('events').select((eb) => eb.fn.min('seq').as('first'))
      const { first } = await query.where('at', '>=', at).executeTakeFirstOrThrow()
      return first === null ? undefined : Number(first)
    },
    async countEventsUpTo(seq) {
      const query = db.selectFrom('events').select((eb) => eb.fn.countAll<number>().as('count'))
      return Number((await query.where('seq', '<=', seq).executeTakeFirstOrThrow()).count)
    },
  }
}

export function writePruning(db: Kysely<Tables>): Pick<StoreTransaction, 'pruneEvents'> {
  const first = () => db.selectFrom('events').select('seq').orderBy('seq').limit(1).executeTakeFirst()
  return {
    async pruneEvents(upTo, numbers) {
      const from = (await first())?.seq
      if (from === undefined || from > upTo) return false
      const to = Math.min(from + numbers - 1, upTo)
      await keepRemovals(db, to)
      await db.deleteFrom('event_details').where('seq', '<=', to).execute()
      await db.deleteFrom('events').where('seq', '<=', to).execute()
      const next = (await first())?.seq
      return next !== undefined && next <= upTo
    },
  }
}

/** Carries over whether each device was removed in the end, as far as the log is about to be pruned. */
async function keepRemovals(db: Kysely<Tables>, to: number): Promise<void> {
  const rows = await db
    .selectFrom('events')
    .select(['device_id', 'kind'])
    .where('seq', '<=', to)
    .where('kind', 'in', ['device-removed', 'pairing-approved', 'invitation-redeemed'])
    .orderBy('seq')
    .execute()
  const last = new Map(rows.map(({ device_id, kind }) => [device_id, kind]))
  for (const [device_id, kind] of last) {
    if (device_id === null) continue
    await db.deleteFrom('removed_devices').where('device_id', '=', device_id).execute()
    if (kind === 'device-removed') await db.insertInto('removed_devices').values({ device_id }).execute()
  }
}
