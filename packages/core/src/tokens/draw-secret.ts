import type { NewSecret } from '../domain/grant.ts'
import type { Crypto, TokenSecrets } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'

export type DrawSecret = () => NewSecret

/** Draws a token id and hashes the secret that derives from it; the secret itself is not kept. */
export function createDrawSecret(deps: {
  readonly random: Random
  readonly crypto: Crypto
  readonly secrets: TokenSecrets
}): DrawSecret {
  return () => {
    const tokenId = deps.random.tokenId()
    return {
      tokenId,
      tokenHash: deps.crypto.hashToken(deps.secrets.secretOf(tokenId)),
      keyId: deps.secrets.keyId,
    }
  }
}
