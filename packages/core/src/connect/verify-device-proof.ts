import {
  type DeviceId,
  decodeBase64,
  encodeBase64Url,
  type Instant,
  minutes,
  parsePublicKey,
  signingTextV2,
  signingTextV3,
  signingTextV4,
} from '@pairgate/protocol'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { ConnectAsk, DeviceClaim } from './connect-ask.ts'

/** How far the clocks of device and gateway may differ, either way (protocol fact 6). */
const SIGNATURE_SKEW_MS = minutes(2)

export interface ProvedDevice {
  readonly deviceId: DeviceId
  /** Base64url without padding, whatever form the device sent. */
  readonly publicKey: string
  /** The proof also covers the origin that was dialled (text v4). */
  readonly signedOrigin: boolean
}

/** What the gateway itself knows, and a proof has to fit. */
interface Expected {
  readonly nonce: string
  readonly now: Instant
  /** Whether the device may have dialled this gateway there. */
  readonly isOwnOrigin: (origin: string) => boolean
}

/**
 * Whether the peer holds the key that it claims, in the order of protocol fact 6. What is expected (our
 * nonce, our clock) are arguments; no stored row is read, so these answers reveal none.
 */
export function createVerifyDeviceProof({ crypto }: { readonly crypto: Crypto }) {
  return (ask: ConnectAsk, claim: DeviceClaim, expected: Expected): Result<ProvedDevice> => {
    const key = parsePublicKey(claim.publicKey)
    const deviceId = key && crypto.deviceIdOf(key)
    if (!key || deviceId !== claim.id) return refuse({ reason: 'device-id-mismatch' })
    if (Math.abs(expected.now - claim.signedAt) > SIGNATURE_SKEW_MS)
      return refuse({ reason: 'signature-expired' })
    if (claim.nonce.trim() === '') return refuse({ reason: 'nonce-missing' })
    if (claim.nonce !== expected.nonce) return refuse({ reason: 'nonce-mismatch' })

    const signature = decodeBase64(claim.signature)
    const isSigned = (text: string): boolean =>
      signature !== undefined && crypto.verifyEd25519(key, text, signature)
    const facts = signedFacts(ask, claim, expected.nonce)
    const { origin } = claim
    // One text for one origin: however many names a gateway has, a wrong signature costs no more.
    const proved =
      origin === undefined
        ? isSigned(signingTextV3(facts)) || isSigned(signingTextV2(facts))
        : expected.isOwnOrigin(origin) && isSigned(signingTextV4(facts, origin))
    return proved
      ? ok({ deviceId, publicKey: encodeBase64Url(key), signedOrigin: origin !== undefined })
      : refuse({ reason: 'signature-invalid' })
  }
}

function signedFacts(ask: ConnectAsk, claim: DeviceClaim, nonce: string) {
  const { auth, metadata } = ask
  return {
    deviceId: claim.id,
    clientId: ask.clientId,
    clientMode: ask.clientMode,
    role: ask.role,
    scopes: ask.scopes,
    signedAt: claim.signedAt,
    token: auth.token ?? auth.deviceToken ?? auth.bootstrapToken ?? '',
    nonce,
    platform: metadata.platform ?? '',
    deviceFamily: metadata.deviceFamily ?? '',
  }
}
