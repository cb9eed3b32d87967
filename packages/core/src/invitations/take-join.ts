import { formatInvitationSecret, type InvitationSecret, type JoinCode } from '@pairgate/protocol'
import type { Invitation } from '../domain/invitation.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { GuessingPeer, GuessLimiter } from '../limits/guess-limiter.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { Store } from '../ports/store.ts'

/** What a join link is exchanged for. */
export interface TakenJoin {
  readonly invitation: Invitation
  readonly secret: InvitationSecret
}

export interface TakeJoinDeps {
  readonly store: Pick<Store, 'mutate'>
  readonly clock: Pick<Clock, 'now'>
  readonly crypto: Pick<Crypto, 'sha256'>
  readonly limiter: GuessLimiter
}

/**
 * Exchanges a join code for the secret of its invitation, once. Nobody guesses 128 bits; the limit keeps
 * strangers from making the database work.
 */
export function createTakeJoin({ store, clock, crypto, limiter }: TakeJoinDeps) {
  return async (code: JoinCode, peer: GuessingPeer): Promise<Result<TakenJoin>> => {
    const attempt = limiter.reserve(peer)
    if (!attempt.ok) return attempt
    const secret = secretBehind(crypto, code)
    const invitation = await store.mutate((tx) => tx.takeJoin(crypto.sha256(secret), clock.now()))
    if (!invitation) return refuse({ reason: 'invitation-unknown' })
    attempt.value.release()
    return ok({ invitation, secret })
  }
}

/**
 * The secret of an invitation that is fetched by a join code. It is worked out of the code, so that the
 * database, which must not hold it, need not.
 */
export function secretBehind({ sha256 }: Pick<Crypto, 'sha256'>, code: JoinCode): InvitationSecret {
  const hex = sha256(`pairgate join code ${code}`)
  return formatInvitationSecret(
    Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16)),
  )
}
