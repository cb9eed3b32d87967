import { createHmac, timingSafeEqual } from 'node:crypto'
import { encodeBase64Url } from '@pairgate/protocol'
import { ownerProofText } from '@pairgate/protocol/wire'
import { ClientError } from '../client-error.ts'
import type { Challenge } from './handshake-messages.ts'

/** Bytes of `secrets/local.key`. */
const KEY_BYTES = 32

/**
 * Judges the gateway's proof and answers with ours (design section 5, first owner).
 * @param clientNonce what *we* sent with the upgrade.
 * @throws ClientError `OWNER_PROOF`: another program listens on the socket; it has learnt nothing.
 */
export function answerOwnerChallenge(
  localKey: Uint8Array,
  clientNonce: string,
  challenge: Challenge,
): string {
  if (localKey.length !== KEY_BYTES) {
    throw new ClientError(
      'OWNER_PROOF',
      `The local key has ${localKey.length} bytes instead of ${KEY_BYTES}.`,
    )
  }
  const expected = proofOf(localKey, 'gateway', clientNonce, challenge.nonce)
  if (!sameText(expected, challenge.ownerProof ?? '')) {
    const message =
      'The program behind the socket could not prove that it holds secrets/local.key; nothing was sent.'
    throw new ClientError('OWNER_PROOF', message)
  }
  return proofOf(localKey, 'client', clientNonce, challenge.nonce)
}

function proofOf(
  key: Uint8Array,
  side: 'gateway' | 'client',
  clientNonce: string,
  gatewayNonce: string,
): string {
  const text = ownerProofText(side, clientNonce, gatewayNonce)
  return encodeBase64Url(createHmac('sha256', key).update(text).digest())
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
