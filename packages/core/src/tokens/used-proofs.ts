import { seconds } from '@pairgate/protocol'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

/** How far ahead of ours the clock of a device may run, and how old a proof may be. */
const AHEAD_MS = seconds(5)
const OLDEST_MS = seconds(60)
/** From its own time on; longer than it could be shown. */
const REMEMBERED_MS = OLDEST_MS + AHEAD_MS
const NONCE_MS = seconds(30)

export interface UsedProofsDeps {
  readonly clock: Pick<Clock, 'wall' | 'ticks'>
  readonly random: Pick<Random, 'salt'>
  /** How many are remembered at once. */
  readonly room?: number
}

/** When a proof was made, which it is, and what of ours it holds. */
export interface ProofMark {
  /** Of the device as well: two devices may draw the same `jti`. */
  readonly id: string
  readonly issuedAt: number
  readonly nonce: string | undefined
}

/** The proofs that were used, so that none is used twice. */
export interface UsedProofs {
  /** `stale`: too old, or of the future. `nonce-needed`: whether it was used before can only be told with a nonce. */
  judge(proof: ProofMark): 'fresh' | 'stale' | 'nonce-needed'
  /** Marks a proof that `judge` has just found fresh; `false` when it was used before. */
  use(proof: ProofMark): boolean
  /** What a proof has to hold that is made now. */
  nonce(): string
}

/**
 * Remembers proofs for as long as they could be shown again. Of those made up to a moment, the floor, it may have
 * forgotten some: those from before this instance started, those that ran out, and the oldest when the room is full.
 * Such a proof must hold a nonce of ours, and none holds with which one was used that is forgotten.
 */
export function createUsedProofs({ clock, random, room = 100_000 }: UsedProofsDeps): UsedProofs {
  const used = new Map<string, ProofMark>()
  const nonces = createNonces({ clock, random })
  let floor = clock.wall() + AHEAD_MS

  function forget({ id, issuedAt, nonce }: ProofMark): void {
    used.delete(id)
    floor = Math.max(floor, issuedAt)
    // By its nonce it would pass for one that was never seen.
    if (nonce !== undefined && nonces.holds(nonce)) nonces.renew()
  }
  function forgetOld(): void {
    const now = clock.wall()
    for (const mark of used.values()) {
      if (mark.issuedAt + REMEMBERED_MS >= now) break
      forget(mark)
    }
  }
  return {
    judge({ issuedAt, nonce }) {
      const now = clock.wall()
      if (issuedAt > now + AHEAD_MS || issuedAt < now - OLDEST_MS) return 'stale'
      const isKnown = nonce !== undefined && nonces.holds(nonce)
      return isKnown || issuedAt > floor ? 'fresh' : 'nonce-needed'
    },
    use(mark) {
      forgetOld()
      if (used.has(mark.id)) return false
      used.set(mark.id, mark)
      const oldest = used.size > room ? used.values().next().value : undefined
      if (oldest) forget(oldest)
      return true
    },
    nonce: nonces.current,
  }
}

/** The nonce in force and the one before it, so that one which was just told still holds. */
function createNonces({ clock, random }: Pick<UsedProofsDeps, 'clock' | 'random'>) {
  let current = { value: random.salt(), since: clock.ticks() }
  let previous: typeof current | undefined

  function turn(): void {
    const now = clock.ticks()
    if (now - current.since < NONCE_MS) return
    previous = now - current.since < 2 * NONCE_MS ? current : undefined
    current = { value: random.salt(), since: now }
  }
  return {
    current(): string {
      turn()
      return current.value
    },
    holds(nonce: string): boolean {
      turn()
      return nonce === current.value || nonce === previous?.value
    },
    /** None that was told before holds any more. */
    renew(): void {
      previous = undefined
      current = { value: random.salt(), since: clock.ticks() }
    },
  }
}
