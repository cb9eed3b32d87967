import {
  type AccessSecret,
  coversScopes,
  formatAccessSecret,
  missingScope,
  parseScope,
  parseWebOrigin,
  type Scope,
  type WebOrigin,
} from '@pairgate/protocol'
import type { Actor } from '../access/reread-actor.ts'
import { ACCESS_LIFETIME_MS, type AccessToken, childEnd, withoutMighty } from '../domain/access-token.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide } from '../events/decide.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'

export interface AccessAsk {
  /** Left out: five minutes. */
  readonly ttlMs?: number | undefined
  readonly audience?: string | undefined
  /** Left out: what the connection holds by name, without admin and pairing. */
  readonly scopes?: readonly string[] | undefined
}
/** The secret is told to the device and is then forgotten here. */
export interface MintedAccess {
  readonly secret: AccessSecret
  readonly token: AccessToken
}
export interface MintAccessTokenDeps {
  readonly decide: Decide
  readonly random: Random
  readonly crypto: Crypto
}

/** Enough for every app that a device talks to; a program that makes one per request is told to keep it. */
const LIVE_PER_TOKEN = 50

/**
 * Makes an access token for the device that asks, over its own connection. It is a narrower copy of a grant
 * that stands, so nothing is decided and no event tells of it; it never outlives its parent.
 */
export function createMintAccessToken({ decide, random, crypto }: MintAccessTokenDeps) {
  return (principal: Principal, ask: AccessAsk): Promise<Result<MintedAccess>> =>
    decide(principal, async ({ tx, actor, now }) => {
      if (principal.kind !== 'device') return refuse({ reason: 'access-needs-device' })
      const scopes = chooseScopes(actor, ask.scopes)
      if (!scopes.ok) return scopes
      const audience = readAudience(ask.audience)
      if (audience === 'invalid') return refuse({ reason: 'audience-invalid' })
      const { deviceId, role, tokenId, sessionId } = principal
      if ((await tx.countAccessTokens(tokenId, now)) >= LIVE_PER_TOKEN)
        return refuse({ reason: 'too-many-access-tokens' })

      const secret = formatAccessSecret(random.secretBits())
      const parent = await tx.findToken(deviceId, role)
      const token: AccessToken = {
        hash: crypto.hashToken(secret),
        deviceId,
        role,
        parentId: tokenId,
        sessionId,
        scopes: scopes.value,
        audience,
        route: undefined,
        createdAt: now,
        expiresAt: childEnd(parent, now, ask.ttlMs ?? ACCESS_LIFETIME_MS),
      }
      await tx.insertAccessToken(token)
      return ok({ secret, token })
    })
}

function chooseScopes(
  actor: Pick<Actor, 'scopes'>,
  wanted: readonly string[] | undefined,
): Result<readonly Scope[]> {
  if (wanted === undefined) return ok(withoutMighty(actor.scopes))
  const scopes: Scope[] = []
  for (const text of new Set(wanted)) {
    const scope = parseScope(text)
    if (!scope) return refuse({ reason: 'scope-unknown', scope: text })
    scopes.push(scope)
  }
  const mighty = scopes.find((scope) => withoutMighty([scope]).length === 0)
  if (mighty) return refuse({ reason: 'scope-not-for-access', scope: mighty })
  if (!coversScopes(actor.scopes, scopes))
    return refuse({ reason: 'ceiling', missing: missingScope(actor.scopes, scopes) ?? '' })
  return ok(scopes)
}

function readAudience(text: string | undefined): WebOrigin | undefined | 'invalid' {
  return text === undefined ? undefined : (parseWebOrigin(text) ?? 'invalid')
}
