import { type AcceptInvited, createAcceptInvited } from './connect/accept-invited.ts'
import { createJudgeInvitation, type JudgeInvitation } from './connect/judge-invitation.ts'
import type { WrongTries } from './domain/wrong-tries.ts'
import type { Decide, DecideAs } from './events/decide.ts'
import { createAnnounceExpiredInvitations } from './invitations/announce-expired-invitations.ts'
import { createCancelInvitation } from './invitations/cancel-invitation.ts'
import { createDrawClaimCode } from './invitations/claim.ts'
import { createConfirmInvitation } from './invitations/confirm-invitation.ts'
import { createCreateInvitation } from './invitations/create-invitation.ts'
import { createFindInvitation, createListInvitations } from './invitations/list-invitations.ts'
import { createNoteWrongCode } from './invitations/note-wrong-code.ts'
import { createRedeemInvitation } from './invitations/redeem-invitation.ts'
import { createTakeJoin } from './invitations/take-join.ts'
import type { TellInvitation } from './invitations/tell-invitation.ts'
import { createCodeLimiter } from './limits/code-limiter.ts'
import type { GuessLimiter } from './limits/guess-limiter.ts'
import type { FileRequest } from './pairing/file-request.ts'
import type { AuthPolicy } from './ports/auth-policy.ts'
import type { Clock } from './ports/clock.ts'
import type { Crypto, ShortSecrets, TokenSecrets } from './ports/crypto.ts'
import type { Feed } from './ports/feed.ts'
import type { LiveConnections } from './ports/live-connections.ts'
import type { PairingPolicy } from './ports/pairing-policy.ts'
import type { Random } from './ports/random.ts'
import type { Store } from './ports/store.ts'
import type { DrawSecret } from './tokens/draw-secret.ts'

export interface InvitationParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly crypto: Crypto
  readonly secrets: TokenSecrets
  readonly shortSecrets: ShortSecrets
  readonly policy: AuthPolicy
  readonly pairing: PairingPolicy
  readonly live: LiveConnections
  readonly feed: Feed
  readonly wrongTries: WrongTries | undefined
  readonly decide: Decide
  readonly decideAs: DecideAs
  readonly drawSecret: DrawSecret
  readonly fileRequest: FileRequest
  readonly tellInvitation: TellInvitation
  readonly guessLimiter: GuessLimiter
}

/** The use cases about invitations; a part of `createCore`. */
export function wireInvitations(parts: InvitationParts) {
  const { read } = parts.store
  const limiter = createCodeLimiter(parts)
  const wrongCode = createNoteWrongCode({ ...parts, limiter })
  const redeemInvitation = createRedeemInvitation(parts)
  const createInvitation = createCreateInvitation(parts)
  const doors: { readonly judgeInvitation: JudgeInvitation; readonly acceptInvited: AcceptInvited } = {
    judgeInvitation: createJudgeInvitation({ ...parts, read, limiter, wrongCode }),
    acceptInvited: createAcceptInvited({ ...parts, read, redeemInvitation, wrongCode }),
  }
  return {
    /** For the connect. */
    doors,
    cases: {
      createInvitation,
      drawClaimCode: createDrawClaimCode({ createInvitation }),
      confirmInvitation: createConfirmInvitation(parts),
      cancelInvitation: createCancelInvitation(parts),
      listInvitations: createListInvitations({ ...parts, read }),
      findInvitation: createFindInvitation({ ...parts, read }),
      announceExpiredInvitations: createAnnounceExpiredInvitations({ ...parts, read }),
      takeJoin: createTakeJoin({ ...parts, limiter: parts.guessLimiter }),
      /** How many wrong codes count, and whether a right one has to be confirmed. */
      codeGuessing: limiter.guessing,
    },
  }
}
