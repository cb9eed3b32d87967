import { coversScopes, parseRole, type Role } from '@pairgate/protocol'
import type { ExtraToken, HelloAuth } from '@pairgate/protocol/wire'
import type { StoredToken } from './token-store.ts'

/** The token that a hello hands over, or what it says about the one that we brought. */
export function readGrantedToken(auth: HelloAuth, brought: StoredToken | undefined): StoredToken | undefined {
  const { deviceToken: token, tokenScopes, session, expiresAtMs, issuedAtMs } = auth
  if (token === undefined) return undefined
  const known = brought?.token === token ? brought : undefined
  return {
    token,
    // Without `tokenScopes` the hello tells the scopes of this connection, which may be fewer.
    scopes: tokenScopes ?? known?.scopes ?? auth.scopes,
    ...(session !== undefined && { session }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...(issuedAtMs !== undefined && { issuedAtMs }),
  }
}

/** The tokens of other roles that an invitation brought along. What is no token is passed over. */
export function readExtraTokens({
  deviceTokens = [],
  session,
}: HelloAuth): readonly (StoredToken & { readonly role: Role })[] {
  if (!Array.isArray(deviceTokens)) return []
  return deviceTokens.flatMap(({ deviceToken, role: word, scopes, issuedAtMs }: ExtraToken) => {
    const role = parseRole(String(word))
    if (!role || typeof deviceToken !== 'string' || !Array.isArray(scopes)) return []
    return [
      {
        role,
        token: deviceToken,
        scopes,
        ...(session !== undefined && { session }),
        ...(issuedAtMs !== undefined && { issuedAtMs }),
      },
    ]
  })
}

/** Whether both are the same token with the same grant. */
export function sameToken(one: StoredToken, other: StoredToken): boolean {
  return (
    one.token === other.token &&
    sameScopes(one.scopes, other.scopes) &&
    one.session === other.session &&
    one.expiresAtMs === other.expiresAtMs &&
    one.issuedAtMs === other.issuedAtMs &&
    one.tlsFingerprint === other.tlsFingerprint
  )
}

export function sameScopes(one: readonly string[], other: readonly string[]): boolean {
  const [a, b] = [new Set(one), new Set(other)]
  return a.size === b.size && [...a].every((scope) => b.has(scope))
}

/** Those of `asked` that the token gives: a token that asks for one scope more is refused altogether. */
export function scopesToAsk(token: Pick<StoredToken, 'scopes'>, asked: readonly string[]): readonly string[] {
  return asked.filter((scope) => token.scopes.includes(scope) || coversScopes(token.scopes, [scope]))
}
