/** The gateway's own public name (protocol fact 12): stable, and the same for everybody. */
export interface GatewayIdentity {
  /** SHA-256 of the raw public key, lower-case hex, as a device's id. */
  readonly deviceId: string
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string
}
