import { parseTokenSecret } from '@pairgate/protocol'
import { ok, type Result } from '../domain/result.ts'
import type { GuessLimiter } from '../limits/guess-limiter.ts'
import type { AuthPolicy } from '../ports/auth-policy.ts'
import type { Feed } from '../ports/feed.ts'
import type { ConnectAuth, ConnectPeer } from './connect-ask.ts'

export interface CompareSecretDeps {
  readonly policy: AuthPolicy
  readonly limiter: GuessLimiter
  readonly feed: Feed
}

/** @returns which shared secret was brought, `undefined` for none, or the refusal of a peer that may not try. */
export type CompareSecret = (auth: ConnectAuth, peer: ConnectPeer) => Result<'token' | 'password' | undefined>

/**
 * The only way to a comparison with a secret that a person made up. Each try is counted first, whatever
 * its kind and whether or not a device is behind it, and taken back when it was right. Nothing here waits,
 * so nobody gets between the count and the comparison.
 */
export function createCompareSecret({ policy, limiter, feed }: CompareSecretDeps): CompareSecret {
  return (auth, peer) => {
    if (!isGuess(auth, policy)) return ok(policy.matchesSharedSecret(auth))
    const attempt = limiter.reserve(peer)
    if (!attempt.ok) return attempt
    const by = policy.matchesSharedSecret(auth)
    if (by) attempt.value.release()
    else for (const prefix of attempt.value.locks) feed.note({ kind: 'locked-out', prefix })
    return ok(by)
  }
}

/**
 * A key alone is no guess, nor is anything while there is no secret to hit. A text with the look of a
 * device token is 256 random bits, old or forged: nobody guesses those, and devices that come back with a
 * revoked one must not lock out everybody behind their address. `auth.deviceToken` is never compared here.
 */
function isGuess({ token, password }: ConnectAuth, { hasSharedSecret }: AuthPolicy): boolean {
  const guessable = [token, password].some((text) => text !== undefined && !parseTokenSecret(text))
  return hasSharedSecret && guessable
}
