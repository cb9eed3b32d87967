import type { EventHead } from '../domain/gateway-event.ts'

/** Keeps the head of the event log where whoever can write the database cannot reach it. */
export interface HeadKeeper {
  /** Takes note of a newer head, which is written down soon. */
  note(head: EventHead): void
  /** Resolves when all that was noted before is written down, or has failed to be. Never rejects. */
  written(): Promise<void>
}
