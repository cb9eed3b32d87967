import type { TokenRow } from '@pairgate/protocol/wire'
import { formatExpiry } from '../output/age.ts'

/** When a token ends: `in 30d`, and earlier if it lies unused: `in 30d, in 7d if unused`; `never` without a deadline. */
export function formatTokenEnd(
  { expiresAtMs, idleExpiresAtMs }: Pick<TokenRow, 'expiresAtMs' | 'idleExpiresAtMs'>,
  now: number,
): string {
  const end = formatExpiry(expiresAtMs, now)
  if (idleExpiresAtMs === undefined || idleExpiresAtMs >= (expiresAtMs ?? Number.POSITIVE_INFINITY))
    return end
  const idle = formatExpiry(idleExpiresAtMs, now)
  if (idleExpiresAtMs <= now) return idle
  return [...(expiresAtMs === undefined ? [] : [end]), `${idle} if unused`].join(', ')
}
