import type { Device, Token } from './device-list.ts'

export type Standing = 'live' | 'expired' | 'revoked'

/** What a token still opens. */
export function standingOfToken({ revokedAtMs, expiresAtMs, idleExpiresAtMs }: Token, now: number): Standing {
  if (revokedAtMs !== undefined) return 'revoked'
  const end = Math.min(expiresAtMs ?? Number.POSITIVE_INFINITY, idleExpiresAtMs ?? Number.POSITIVE_INFINITY)
  return end <= now ? 'expired' : 'live'
}

/** The best of its tokens decides. */
export function standingOf({ tokens }: Device, now: number): Standing {
  const standings = tokens.map((token) => standingOfToken(token, now))
  return (['live', 'expired'] as const).find((each) => standings.includes(each)) ?? 'revoked'
}
