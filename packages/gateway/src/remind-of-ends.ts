import type { Clock, StoreReader } from '@pairgate/core'
import { days, type Instant, later, type TokenId } from '@pairgate/protocol'
import type { Log } from './platform/log.ts'

const WARN_BEFORE_MS = days(7)
const REMIND_EVERY_MS = days(1)

export interface RemindOfEndsDeps {
  readonly read: Pick<StoreReader, 'listTokensEnding'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** Says of each token that runs out within a week so, once a day: whoever reads logs can give it time. */
export function createRemindOfEnds({ read, clock, log }: RemindOfEndsDeps): () => Promise<void> {
  let reminded = new Map<TokenId, Instant>()
  return async () => {
    const now = clock.now()
    const ending = await read.listTokensEnding(now, later(now, WARN_BEFORE_MS))
    // What was given time, or has ended, is forgotten with it.
    const kept = new Map<TokenId, Instant>()
    for (const { tokenId, deviceId, role, expiresAt } of ending) {
      const last = reminded.get(tokenId)
      const isTime = last === undefined || now - last >= REMIND_EVERY_MS
      if (isTime) log.warn({ deviceId, role, expiresAtMs: expiresAt }, 'a token runs out in less than a week')
      kept.set(tokenId, isTime ? now : last)
    }
    reminded = kept
  }
}
