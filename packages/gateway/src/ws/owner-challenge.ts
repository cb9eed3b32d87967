import { ownerProofText } from '@pairgate/protocol/wire'

/** Both sides of the proof on the owner's socket (design section 5). */
export interface OwnerChallenge {
  /** Goes out with the challenge: the gateway knows `secrets/local.key` too. */
  readonly gatewayProof: string
  /** Whether the client's proof is right. */
  accepts(proof: string): boolean
}

export interface OwnerProofDeps {
  /** HMAC-SHA-256 by `secrets/local.key` over UTF-8 text, base64url. */
  readonly sign: (text: string) => string
  /** Constant-time comparison. */
  readonly sameText: (a: string, b: string) => boolean
}

/** @returns `undefined` when the upgrade brought no usable nonce, so that nothing is signed for nobody. */
export function createOwnerChallenge(
  clientNonce: string | readonly string[] | undefined,
  nonce: string,
  { sign, sameText }: OwnerProofDeps,
): OwnerChallenge | undefined {
  if (typeof clientNonce !== 'string' || !/^[A-Za-z0-9_-]{43,128}$/.test(clientNonce)) return undefined
  return {
    gatewayProof: sign(ownerProofText('gateway', clientNonce, nonce)),
    accepts: (proof) => sameText(proof, sign(ownerProofText('client', clientNonce, nonce))),
  }
}
