import { type Instant, later, minutes, type RequestId } from '@pairgate/protocol'

/** Requests that an operator has listed and may be about to decide: none of them makes room for another. */
export interface ShownRequests {
  /** Takes the whole list of open requests, as an operator was shown it. */
  mark(ids: readonly RequestId[], now: Instant): void
  has(id: RequestId, now: Instant): boolean
}

/**
 * Counted from the first list that a request was in: a flood whose requests are kept open by asking again,
 * under the eyes of somebody who lists again and again, would hold its places for ever.
 */
const SHOWN_MS = minutes(5)

/** In memory only: after a restart the operator lists again. */
export function createShownRequests(): ShownRequests {
  let shown: ReadonlyMap<RequestId, Instant> = new Map()
  return {
    mark(ids, now) {
      shown = new Map(ids.map((id) => [id, shown.get(id) ?? later(now, SHOWN_MS)]))
    },
    has(id, now) {
      const until = shown.get(id)
      return until !== undefined && now < until
    },
  }
}
