export type Standing = 'live' | 'expired' | 'revoked'

interface TokenEnds {
  readonly revokedAtMs?: number
  readonly expiresAtMs?: number
  readonly idleExpiresAtMs?: number
}

/** What a token still opens. */
export function standingOfToken(
  { revokedAtMs, expiresAtMs, idleExpiresAtMs }: TokenEnds,
  now: number,
): Standing {
  if (revokedAtMs !== undefined) return 'revoked'
  const end = Math.min(expiresAtMs ?? Number.POSITIVE_INFINITY, idleExpiresAtMs ?? Number.POSITIVE_INFINITY)
  return end <= now ? 'expired' : 'live'
}

/** The best of its tokens decides. */
export function standingOf({ tokens }: { readonly tokens: readonly TokenEnds[] }, now: number): Standing {
  const standings = tokens.map((token) => standingOfToken(token, now))
  return (['live', 'expired'] as const).find((each) => standings.includes(each)) ?? 'revoked'
}
