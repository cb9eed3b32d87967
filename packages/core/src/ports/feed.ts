import type { FeedNote } from '../domain/feed-row.ts'

/** Takes note of what strangers cause, without waiting for anything. */
export interface Feed {
  note(note: FeedNote): void
}
