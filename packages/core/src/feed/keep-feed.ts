import type { Instant } from '@pairgate/protocol'
import { minutes } from '@pairgate/protocol'
import { createRerun } from '../events/one-by-one.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { FeedBuffer } from './feed-buffer.ts'

/** How much of the feed is kept, and for how long. */
export interface FeedLimits {
  readonly keepMs: number
  readonly maxRows: number
}

export interface KeepFeedDeps {
  readonly buffer: FeedBuffer
  readonly store: Pick<Store, 'mergeFeed' | 'trimFeed'>
  readonly clock: Pick<Clock, 'steady'>
  readonly feedLimits: FeedLimits
}

const TRIM_EVERY_MS = minutes(1)

/**
 * Writes the feed down. Called once a second and at the end: nobody who connects waits for it, and a crash
 * forgets a second of it. Who calls while it writes gets what was noted until then written as well.
 */
export function createKeepFeed({ buffer, store, clock, feedLimits }: KeepFeedDeps): () => Promise<void> {
  let trimmedAt = Number.NEGATIVE_INFINITY

  async function write(): Promise<void> {
    const rows = buffer.take()
    try {
      if (rows.length > 0) await store.mergeFeed(rows)
    } catch (error) {
      buffer.putBack(rows)
      throw error
    }
    const now = clock.steady()
    if (now - trimmedAt < TRIM_EVERY_MS) return
    await store.trimFeed((now - feedLimits.keepMs) as Instant, feedLimits.maxRows)
    trimmedAt = now
  }
  return createRerun(write)
}
