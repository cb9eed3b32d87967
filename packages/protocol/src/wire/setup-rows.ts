/** What a setup code gives: all that a phone app wants, the same without admin, or a node alone. */
export type SetupAccess = 'full' | 'limited' | 'node'

/** The result of `device.pair.setupCode` (protocol fact 13). */
export interface SetupCodeResult {
  /** Id of the invitation behind it. */
  readonly setupId: string
  readonly expiresAtMs: number
  readonly setupCode: string
  /** Fetched once over HTTP, it answers what the setup code holds. */
  readonly joinUrl?: string
  /** The setup code as a QR code: a PNG in a data URL. */
  readonly qrDataUrl?: string
  readonly gatewayUrl: string
  readonly gatewayUrls?: readonly string[]
  readonly auth: 'token' | 'password'
  readonly urlSource: string
  readonly access: SetupAccess
  /** Less than was asked for, because the address is not encrypted. */
  readonly accessDowngraded?: true
}

/** Payload of `device.pair.setup.completed`. */
export interface SetupCompletion {
  readonly setupId: string
  readonly deviceId: string
  readonly deviceName?: string
  readonly access: SetupAccess
  readonly ts: number
}

export interface SetupStatusResult {
  /** Absent while nobody has redeemed it, and for what is unknown. */
  readonly completion?: SetupCompletion
}
