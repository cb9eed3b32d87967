/** Header of the owner socket's upgrade request: 32 random bytes of the client, base64url. */
export const OWNER_NONCE_HEADER = 'x-pairgate-owner-nonce'

/**
 * The text under the two proofs of the owner path. The gateway proves first (`ownerProof` in
 * `connect.challenge`), so that a program squatting on the socket's path learns nothing; then the
 * client proves. Both nonces are in both texts, and the side is, so neither proof can be reflected.
 */
export function ownerProofText(
  side: 'gateway' | 'client',
  clientNonce: string,
  gatewayNonce: string,
): string {
  return ['pairgate-owner-1', side, clientNonce, gatewayNonce].join('|')
}
