import type { Token } from '../domain/token.ts'
import type { Actor } from './reread-actor.ts'

/**
 * Whether a device would give itself time, by whatever way: approving its own request or redeeming its own
 * invitation is an extension too, and whoever stole the device would keep it for ever (T17).
 */
export function givesItselfTime(
  { ref }: Pick<Actor, 'ref'>,
  before: Token | undefined,
  after: Pick<Token, 'deviceId' | 'expiresAt'>,
): boolean {
  if (ref !== `device:${after.deviceId}` || before === undefined || before.revokedAt !== undefined)
    return false
  return endOf(after) > endOf(before)
}

function endOf({ expiresAt }: Pick<Token, 'expiresAt'>): number {
  return expiresAt ?? Number.POSITIVE_INFINITY
}
