import type { AuthPolicy } from '@pairgate/core'
import type { AuthConfig } from '../config/gateway-config.ts'
import { sameText } from '../platform/node-crypto.ts'

export interface AuthPolicyDeps {
  readonly auth: AuthConfig
  /** The derived shared token, for mode `token` without a configured one. */
  readonly derivedToken: () => string
}

/** What the configuration says about shared secrets, with comparisons that take the same time for all. */
export function createAuthPolicy({ auth, derivedToken }: AuthPolicyDeps): AuthPolicy {
  const token = auth.token ?? (auth.mode === 'token' ? derivedToken() : undefined)
  const { mode, password, sharedSecret } = auth
  const isToken = (said: string | undefined) =>
    said !== undefined && token !== undefined && sameText(said, token)
  const isPassword = (said: string | undefined) =>
    said !== undefined && password !== undefined && sameText(said, password)
  // Not an empty one, which the schema refuses, and not one that the mode never compares.
  const compared = mode === 'token' ? [token] : mode === 'password' ? [password] : [token, password]
  return {
    mode,
    hasSharedSecret: sharedSecret === 'on' && compared.some((secret) => secret !== undefined),
    matchesSharedSecret(credential) {
      if (sharedSecret === 'off') return undefined
      // One field may carry the other kind only when its own is absent (protocol fact 8).
      const tokenOk = mode !== 'password' && isToken(credential.token ?? credential.password)
      if (tokenOk) return 'token'
      const passwordOk = mode !== 'token' && isPassword(credential.password ?? credential.token)
      return passwordOk ? 'password' : undefined
    },
  }
}
