/** The gateway's own public name (protocol fact 12): stable, and the same for everybody. */
export interface GatewayIdentity {
  /** SHA-256 of the raw public key, lower-case hex, as a device's id. */
  readonly deviceId: string
  /** Raw Ed25519 key, base64url. */
  readonly publicKey: string
}

/** The TLS certificate of a gateway that has one, in `status`. */
export interface TlsReport {
  /** From the files of `gateway.tls.cert` and `gateway.tls.key`, or made by the gateway. */
  readonly mode: 'files' | 'auto'
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string
  /** SHA-256 of its public key (SubjectPublicKeyInfo), lower-case hex; our own clients take it as a pin too. */
  readonly keyFingerprint: string
  readonly selfSigned: boolean
  readonly notAfterMs: number
  /** Why a newer one is not in use. */
  readonly problem?: string
}

/** The gateway, a device, or a connection without one, as `system-presence` shows it (protocol fact 11). */
export interface PresenceRow {
  /** What it calls itself. */
  readonly host?: string
  readonly ip?: string
  readonly version?: string
  readonly platform?: string
  readonly deviceFamily?: string
  readonly mode?: string
  readonly reason?: string
  readonly text?: string
  readonly deviceId?: string
  readonly roles?: readonly string[]
  /** Of its connections, not of its token. */
  readonly scopes?: readonly string[]
  /** Since when it is there; of several connections, the newest. */
  readonly ts: number
}
/** Payload of `presence`: all rows that the receiver may know of, not only those that changed. */
export interface PresencePayload {
  readonly presence: readonly PresenceRow[]
}
