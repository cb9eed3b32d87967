import type { StoreReader } from '../ports/store.ts'

/**
 * The number that the first event from a moment on has, or would have if it came next. Times of the log never
 * run backwards, so it is found by halves, however long the log is.
 */
export async function findEventSince(
  read: Pick<StoreReader, 'listEventRecords' | 'eventRecordsAfter' | 'headSeq'>,
  at: number,
): Promise<number> {
  const [oldest] = await read.eventRecordsAfter(0, 1)
  // Everything up to `low` is older, everything from `high` on is not.
  let low = (oldest?.seq ?? 1) - 1
  let high = (await read.headSeq()) + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const [event] = await read.listEventRecords({ before: middle + 1, limit: 1 })
    if (event === undefined || event.at < at) low = middle
    else high = middle
  }
  return high
}
