import type { DeviceId, Role } from '@pairgate/protocol'

/** A device token as the device keeps it. */
export interface StoredToken {
  readonly token: string
  /** All scopes of the token; a connect that asks for others is refused. */
  readonly scopes: readonly string[]
  /** Readable key of the token's session, or `*`. */
  readonly session?: string
  readonly expiresAtMs?: number
  readonly issuedAtMs?: number
  /** What the gateway has to prove over TLS: SHA-256 of its public key, or of its certificate. */
  readonly tlsFingerprint?: string
}

/**
 * Where a device keeps its tokens: one for each gateway, device and role. `gateway` is the origin of
 * its URL (`ws://host:port`), so that a token never goes to a gateway that did not give it.
 */
export interface TokenStore {
  load(gateway: string, deviceId: DeviceId, role: Role): Promise<StoredToken | undefined>
  save(gateway: string, deviceId: DeviceId, role: Role, token: StoredToken): Promise<void>
  /**
   * Forgets the token. With `only`, it is forgotten only if it still is this one: another process of the
   * same device may have stored a newer one meanwhile.
   */
  remove(gateway: string, deviceId: DeviceId, role: Role, only?: string): Promise<void>
  /** Does the work of connecting while no other user of the same store does; left out, all do it at once. */
  inTurn?<T>(gateway: string, deviceId: DeviceId, role: Role, work: () => Promise<T>): Promise<T>
}
