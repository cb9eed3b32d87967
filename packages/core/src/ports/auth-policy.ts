/** How the gateway lets strangers ask: what `gateway.auth.mode` says (design section 8). */
export type AuthMode = 'pairing' | 'token' | 'password' | 'none'

export interface SharedCredential {
  readonly token: string | undefined
  readonly password: string | undefined
}

export interface AuthPolicy {
  readonly mode: AuthMode
  /** Whether there is any shared secret that a guess could hit. */
  readonly hasSharedSecret: boolean
  /** A keyed mark of the shared secrets as they are now: another one means that they were changed. */
  readonly sharedMark: string
  /**
   * Which shared secret the credential is, compared in constant time; `undefined` when it is none, when
   * none is set, or when `gateway.auth.sharedSecret` is off.
   */
  matchesSharedSecret(credential: SharedCredential): 'token' | 'password' | undefined
}
