import type { LiveConnections, PairingNews } from '@pairgate/core'
import { fingerprintWords } from '@pairgate/protocol'
import type { Log } from '../platform/log.ts'
import type { ClaimKeeper } from '../state/keep-claim.ts'

export interface HearNewsDeps {
  readonly log: Log
  readonly claim: Pick<ClaimKeeper, 'look'>
}

/** What the host itself has to hear of pairings: warnings for its log, and the end of the claim. */
export function hearNews(live: LiveConnections, { log, claim }: HearNewsDeps): LiveConnections {
  return {
    closeDevice: live.closeDevice,
    closeUnpaired: live.closeUnpaired,
    closeSession: live.closeSession,
    setDeadline: live.setDeadline,
    closeAll: live.closeAll,
    tellMessage: live.tellMessage,
    tell(news) {
      live.tell(news)
      warn(news, log)
      claim.look()
    },
  }
}

function warn(news: PairingNews, log: Log): void {
  if (news.kind === 'guessing') {
    const { wrongTries } = news
    log.warn({ wrongTries }, 'six-digit codes are being guessed: a right one has to be confirmed for now')
  }
  const joined = news.kind === 'invitation' && news.invitation.claim ? news.joined : undefined
  if (!joined) return
  const { id } = joined.device
  const about = { deviceId: id, words: fingerprintWords(id), undo: `openclaw devices remove ${id}` }
  log.warn(about, 'the gateway was claimed: this device is its owner now')
}
