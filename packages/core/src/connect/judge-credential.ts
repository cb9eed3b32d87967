import {
  type DeviceId,
  type Instant,
  parseForeignSecret,
  parseTokenSecret,
  type Role,
  type Scope,
  type TokenSecret,
} from '@pairgate/protocol'
import { hasForeignSecret, previousStillFetches } from '../domain/grant.ts'
import type { TokenFault } from '../domain/refusal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Token } from '../domain/token.ts'
import type { AuthPolicy } from '../ports/auth-policy.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { StoreReader } from '../ports/store.ts'
import type { StandingTokens } from '../tokens/standing-tokens.ts'
import type { CompareSecret } from './compare-secret.ts'
import type { ConnectAuth, ConnectPeer } from './connect-ask.ts'
import type { InvitationCredential, JudgeInvitation } from './judge-invitation.ts'

/** The first class of credential that verified. */
export type Credential =
  | ({
      readonly kind: 'device-token'
      /** The row that the secret was found by, so that nobody has to read it again. */
      readonly token: Token
      /** Whether the device's key has signed the gateway's origin before. */
      readonly signsOrigin: boolean
    } & ({ readonly as: 'current'; readonly secret: TokenSecret } | { readonly as: 'previous' }))
  | InvitationCredential
  | { readonly kind: 'shared'; readonly by: 'token' | 'password' }
  /** Nothing was brought but the key, and the mode asks for nothing more. */
  | { readonly kind: 'key-alone' }

export interface JudgeCredentialDeps {
  readonly read: StoreReader
  readonly tokens: Pick<StandingTokens, 'find'>
  readonly crypto: Crypto
  readonly policy: AuthPolicy
  readonly compareSecret: CompareSecret
  readonly judgeInvitation: JudgeInvitation
}

/** Who brings a credential: a device that has proved its key, for a role, from somewhere. */
export interface Bearer {
  readonly deviceId: DeviceId
  readonly role: Role
  /** Scopes that it asks for. */
  readonly asked: readonly Scope[]
  readonly peer: ConnectPeer
}

/**
 * Which credential of a device that has proved its key counts: device token, then invitation, then
 * shared secret. Garbage
 * beside a good one neither helps nor harms (T06, T11); a token of another device or role is garbage. A
 * device with its own token never meets the limit on guesses, and wrong device tokens count for nothing:
 * nobody guesses 256 bits.
 */
export function createJudgeCredential(deps: JudgeCredentialDeps) {
  const { read, tokens, crypto, policy, compareSecret, judgeInvitation } = deps

  async function judgeToken(text: string, device: Bearer, now: Instant) {
    const secret = parseTokenSecret(text)
    if (!secret) return judgeForeign(text, device, now)
    const found = await tokens.find(crypto.hashToken(secret))
    if (!found) return faultOfUnknown(device)
    const { token, as, signsOrigin } = found
    if (token.deviceId !== device.deviceId) return 'mismatch'
    if (token.role !== device.role) return 'other-role'
    if (token.revokedAt !== undefined) return 'revoked'
    if (as === 'current') return { kind: 'device-token', as, secret, token, signsOrigin } as const
    return previousStillFetches(token, now)
      ? ({ kind: 'device-token', as, token, signsOrigin } as const)
      : 'rotated'
  }

  /** Of another gateway, out of which the device was imported. A shared secret may look like one. */
  async function judgeForeign(text: string, device: Bearer, now: Instant) {
    const secret = parseForeignSecret(text)
    const found = secret && (await read.findTokenByHash(crypto.hashToken(secret)))
    if (found?.as !== 'previous' || !hasForeignSecret(found.token)) return 'mismatch'
    const { token, as, signsOrigin } = found
    if (token.deviceId !== device.deviceId) return 'mismatch'
    if (token.role !== device.role) return 'other-role'
    return previousStillFetches(token, now)
      ? ({ kind: 'device-token', as, token, signsOrigin } as const)
      : 'rotated'
  }

  /** Only for a device that has proved its key, so it tells that device's own story and nobody else's. */
  async function faultOfUnknown({ deviceId, role }: Bearer): Promise<TokenFault> {
    const token: Token | undefined = await read.findToken(deviceId, role)
    if (token)
      return token.revokedAt !== undefined
        ? 'revoked'
        : token.rotatedAt !== undefined
          ? 'rotated'
          : 'mismatch'
    return (await read.wasRemoved(deviceId)) ? 'removed' : 'mismatch'
  }

  /** Asked last: whoever is let in by another credential costs no read for it. */
  async function faultOfForeign({ token, deviceToken }: ConnectAuth, device: Bearer, fault: TokenFault) {
    const isForeign = [deviceToken, token].some((text) => text !== undefined && parseForeignSecret(text))
    return isForeign && fault === 'mismatch' ? faultOfUnknown(device) : fault
  }

  return async (auth: ConnectAuth, device: Bearer, now: Instant): Promise<Result<Credential>> => {
    let fault: TokenFault = 'mismatch'
    for (const secret of new Set([auth.deviceToken, auth.token])) {
      if (secret === undefined) continue
      const judged = await judgeToken(secret, device, now)
      if (typeof judged !== 'string') return ok(judged)
      if (judged !== 'mismatch') fault = judged
    }
    const invited = await judgeInvitation(auth.bootstrapToken, device, now)
    if (invited.ok && invited.value) return ok(invited.value)
    const shared = compareSecret(auth, device.peer)
    if (!shared.ok) return shared
    if (shared.value) return ok({ kind: 'shared', by: shared.value })
    if (!invited.ok) return invited
    return withoutValidCredential(auth, policy, await faultOfForeign(auth, device, fault))
  }
}

function withoutValidCredential(
  auth: ConnectAuth,
  policy: AuthPolicy,
  fault: TokenFault,
): Result<Credential> {
  if (auth.deviceToken !== undefined) return refuse({ reason: 'device-token-mismatch', fault })
  if (auth.bootstrapToken !== undefined) return refuse({ reason: 'bootstrap-invalid' })
  if (auth.token !== undefined) return refuse({ reason: 'token-mismatch', fault, mayTryDeviceToken: true })
  if (auth.password !== undefined) return wrongPassword(policy)
  if (policy.mode === 'token' || policy.mode === 'password')
    return refuse({ reason: 'secret-missing', wanted: policy.mode })
  return ok({ kind: 'key-alone' })
}

/** In mode `token` the password field may carry the token, so a wrong one is a wrong token. */
export function wrongPassword(policy: AuthPolicy) {
  return policy.mode === 'token'
    ? refuse({ reason: 'token-mismatch', fault: 'mismatch', mayTryDeviceToken: false })
    : refuse({ reason: 'password-mismatch' })
}
