import { type Instant, later, minutes } from '@pairgate/protocol'

/** When requests last made room for others, so that who approves "the newest" is told that one may be missing. */
export interface RoomMade {
  note(now: Instant): void
  /** The last time, as long as it matters. */
  lately(now: Instant): Instant | undefined
}

const MATTERS_MS = minutes(5)

/** In memory only: nobody outside can make the gateway forget it by a restart. */
export function createRoomMade(): RoomMade {
  let last: Instant | undefined
  return {
    note(now) {
      last = now
    },
    lately: (now) => (last !== undefined && now < later(last, MATTERS_MS) ? last : undefined),
  }
}
