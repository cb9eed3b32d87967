import type { AuthPolicy } from '@pairgate/core'
import type { GatewayParts } from './gateway-parts.ts'
import { createShortSecrets, sharedTokenOf } from './state/secrets.ts'
import { createAuthPolicy, createSharedSecrets, type SharedSecretsOf } from './ws/auth-policy.ts'

export interface Policy {
  readonly policy: AuthPolicy
  readonly sharedSecretsOf: SharedSecretsOf
}

/** What the settings say of who is let in; a part of `buildGateway`. */
export function buildPolicy({ settings, tokenKey, clock }: GatewayParts): Policy {
  const { auth } = settings.config
  const sharedSecretsOf = createSharedSecrets(() => sharedTokenOf(tokenKey))
  const shortSecrets = createShortSecrets(tokenKey)
  const markOf = (text: string) => shortSecrets.macOf('shared-secret', text)
  return { policy: createAuthPolicy({ auth, sharedSecretsOf, markOf, clock }), sharedSecretsOf }
}
