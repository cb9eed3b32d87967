import type { Refusal } from '@pairgate/core'
import { isDatabaseAway } from '../state/watch-database.ts'

/** What a peer is told when its request could not be worked on. What was wrong is for the log alone. */
export function faultRefusal(error: unknown): Refusal {
  return { reason: isDatabaseAway(error) ? 'database-away' : 'gateway-busy' }
}
