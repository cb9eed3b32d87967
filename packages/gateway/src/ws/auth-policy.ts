import type { AuthPolicy } from '@pairgate/core'
import type { AuthConfig } from '../config/gateway-config.ts'
import { sameText } from '../platform/node-crypto.ts'

/** The secrets that open the gateway without a device token; not one that the mode never compares. */
export interface SharedSecrets {
  readonly token: string | undefined
  readonly password: string | undefined
}

export type SharedSecretsOf = (auth: AuthConfig) => SharedSecrets

/** `derivedToken` is the shared token of mode `token` without a configured one. */
export function createSharedSecrets(derivedToken: () => string): SharedSecretsOf {
  let derived: string | undefined
  return ({ mode, token, password, sharedSecret }) => {
    if (sharedSecret === 'off') return { token: undefined, password: undefined }
    if (mode === 'token' && token === undefined) derived ??= derivedToken()
    return {
      token: mode === 'password' ? undefined : (token ?? (mode === 'token' ? derived : undefined)),
      password: mode === 'token' ? undefined : password,
    }
  }
}

/**
 * What the settings say about shared secrets at the moment of asking, with comparisons that take the same
 * time for all.
 */
export function createAuthPolicy(
  auth: AuthConfig,
  sharedSecretsOf: SharedSecretsOf,
  markOf: (text: string) => string,
): AuthPolicy {
  return {
    mode: auth.mode,
    get hasSharedSecret() {
      const { token, password } = sharedSecretsOf(auth)
      return token !== undefined || password !== undefined
    },
    get sharedMark() {
      const { token, password } = sharedSecretsOf(auth)
      return markOf(JSON.stringify([auth.mode, token ?? null, password ?? null]))
    },
    matchesSharedSecret(credential) {
      const { token, password } = sharedSecretsOf(auth)
      // One field may carry the other kind only when its own is absent (protocol fact 8).
      if (isSame(credential.token ?? credential.password, token)) return 'token'
      return isSame(credential.password ?? credential.token, password) ? 'password' : undefined
    },
  }
}

function isSame(said: string | undefined, secret: string | undefined): boolean {
  return said !== undefined && secret !== undefined && sameText(said, secret)
}
