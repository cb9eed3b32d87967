import { type AuthPolicy, type Clock, noneStage } from '@pairgate/core'
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

export interface AuthPolicyDeps {
  /** As they are at the moment of reading. */
  readonly auth: AuthConfig
  readonly sharedSecretsOf: SharedSecretsOf
  readonly markOf: (text: string) => string
  readonly clock: Pick<Clock, 'now'>
}

/**
 * What the settings say about mode `none` and about shared secrets at the moment of asking, with comparisons
 * that take the same time for all.
 */
export function createAuthPolicy({ auth, sharedSecretsOf, markOf, clock }: AuthPolicyDeps): AuthPolicy {
  const stageNow = () => (auth.mode === 'none' ? noneStage(auth.leaveNone, clock.now()) : undefined)
  return {
    get mode() {
      return stageNow() === 'enforce' ? 'pairing' : auth.mode
    },
    get noneStage() {
      return stageNow()
    },
    get openDoor() {
      const stage = stageNow()
      if (stage === undefined || stage === 'enforce') return undefined
      return { stage, endsAt: stage === 'open' ? auth.leaveNone?.observe : auth.leaveNone?.enforce }
    },
    get hasSharedSecret() {
      const { token, password } = sharedSecretsOf(auth)
      return token !== undefined || password !== undefined
    },
    get sharedMark() {
      const { token, password } = sharedSecretsOf(auth)
      // What was handed out while the door stood open for everybody goes with that.
      const stage = stageNow()
      const way = stage === undefined || stage === 'open' ? auth.mode : 'pairing'
      return markOf(JSON.stringify([way, token ?? null, password ?? null]))
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
