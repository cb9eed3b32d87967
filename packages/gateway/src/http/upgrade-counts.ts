import type { Peer } from './peer.ts'

export interface UpgradeLimits {
  readonly unauthenticatedPerPeer: number
  readonly unauthenticatedInAll: number
}

/** The place of one socket among those that have proved nothing yet. Both may be called twice. */
export interface Ticket {
  /** The peer has proved itself: it no longer counts and is never evicted. */
  readonly authenticated: () => void
  /** The socket is gone. */
  readonly released: () => void
}

/** Sockets that have proved nothing, per peer and in all. */
export interface UpgradeCounts {
  /**
   * Counts a socket, or answers `undefined` when there is no room for it. `evict` is called at most
   * once, when the socket has to make room for a peer that holds fewer.
   */
  admit(peer: Pick<Peer, 'prefix'>, evict: () => void): Ticket | undefined
  /** More than half of the room is taken, so handshakes get less time. */
  isCrowded(): boolean
  /** Sockets counted now. */
  size(): number
}

/** One per gateway: the counts are of all its listening addresses together. */
export function createUpgradeCounts(limits: UpgradeLimits): UpgradeCounts {
  // Per prefix its waiting sockets, oldest first.
  const waiting = new Map<string, Set<() => void>>()
  let total = 0

  function remove(prefix: string, evict: () => void): void {
    const sockets = waiting.get(prefix)
    if (!sockets?.delete(evict)) return
    total -= 1
    if (sockets.size === 0) waiting.delete(prefix)
  }

  /** Makes room by the newest socket of the busiest prefix, unless the newcomer would be that one. */
  function makeRoom(prefix: string): boolean {
    const newcomers = (waiting.get(prefix)?.size ?? 0) + 1
    let busiest = prefix
    let most = newcomers
    for (const [other, sockets] of waiting) {
      if (sockets.size > most) [busiest, most] = [other, sockets.size]
    }
    if (busiest === prefix) return false
    const newest = [...(waiting.get(busiest) ?? [])].at(-1)
    if (!newest) return false
    remove(busiest, newest)
    newest()
    return true
  }

  return {
    admit({ prefix }, evict) {
      if ((waiting.get(prefix)?.size ?? 0) >= limits.unauthenticatedPerPeer) return undefined
      if (total >= limits.unauthenticatedInAll && !makeRoom(prefix)) return undefined
      // A wrapper of our own: two sockets may bring the same function.
      const entry = () => evict()
      const sockets = waiting.get(prefix) ?? new Set()
      waiting.set(prefix, sockets.add(entry))
      total += 1
      const leave = () => remove(prefix, entry)
      return { authenticated: leave, released: leave }
    },
    isCrowded: () => total * 2 > limits.unauthenticatedInAll,
    size: () => total,
  }
}
