import { LIMITS } from '@pairgate/protocol/wire'

/** How long a peer may take, in milliseconds: less when many are waiting. */
export function handshakeTime(crowded: boolean, handshakeMs: number): number {
  return crowded ? Math.min(LIMITS.crowdedHandshakeMs, handshakeMs) : handshakeMs
}
