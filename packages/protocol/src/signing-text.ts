/** What a device signs when it connects. Every field is as the device sent it, in its order. */
export interface SigningFacts {
  readonly deviceId: string
  readonly clientId: string
  readonly clientMode: string
  readonly role: string
  readonly scopes: readonly string[]
  readonly signedAt: number
  /** First present of `auth.token`, `auth.deviceToken`, `auth.bootstrapToken`; never the password. */
  readonly token: string
  /** The nonce of *our* challenge, never one that the device sent. */
  readonly nonce: string
  readonly platform: string
  readonly deviceFamily: string
}

/** The text of version 2 (protocol fact 6): without platform and device family. */
export function signingTextV2(facts: SigningFacts): string {
  return ['v2', ...commonFields(facts)].join('|')
}

/** The text of version 3 (protocol fact 6). */
export function signingTextV3(facts: SigningFacts): string {
  return ['v3', ...commonFields(facts), lowerAscii(facts.platform), lowerAscii(facts.deviceFamily)].join('|')
}

/**
 * The text of version 4: that of version 3 and the origin under which the device dialled the gateway, as
 * `gatewayOrigin` writes it. Whoever passes the signature on to another gateway has dialled another origin.
 */
export function signingTextV4(facts: SigningFacts, origin: string): string {
  return [signingTextV3(facts).replace(/^v3/, 'v4'), origin].join('|')
}

function commonFields(facts: SigningFacts): readonly string[] {
  const { deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce } = facts
  return [deviceId, clientId, clientMode, role, scopes.join(','), String(signedAt), token, nonce]
}

// Only A–Z: a full lower-casing would differ between runtimes and languages, and so would the signature.
function lowerAscii(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
