import type { Instant } from '@pairgate/protocol'
import { type Actor, rereadActor } from '../access/reread-actor.ts'
import type { EventChange } from '../domain/event-details.ts'
import type { EventActor, GatewayEvent } from '../domain/gateway-event.ts'
import { eventActor, type Principal } from '../domain/principal.ts'
import type { Result } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { HeadKeeper } from '../ports/head-keeper.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { Store, StoreReader, StoreTransaction } from '../ports/store.ts'
import type { AppendEvent } from './append-event.ts'
import type { EventFollower } from './event-follower.ts'

/** A transaction in which somebody decides something. */
export interface Decision {
  readonly tx: StoreTransaction
  readonly actor: Actor
  readonly now: Instant
  /** How long tokens may lie unused at this moment. */
  readonly idleMs: number | undefined
  readonly pairing: PairingPolicy
  /** `change` is what can be erased later: how it was before and how it is after. */
  append(event: GatewayEvent, change?: EventChange): Promise<void>
}

export interface DecideDeps {
  readonly store: Store
  readonly clock: Clock
  readonly pairing: PairingPolicy
  readonly follower: EventFollower
  readonly appendEvent: AppendEvent
  readonly heads: HeadKeeper
}

/** In whose name something is decided, and what that one may give at this moment. */
export interface Decider {
  /** As the event log names it. */
  readonly by: EventActor
  /** Read under the append lock. */
  readonly standing: (tx: StoreReader, now: Instant) => Promise<Result<Actor>>
}

/** The same for who has no session yet: a device that redeems what an operator gave it. */
export type DecideAs = <T>(
  decider: Decider,
  work: (decision: Decision) => Promise<Result<T>>,
) => Promise<Result<T>>

/**
 * Runs one decision: append lock, the actor's own grant read again, the work, its events, commit; and
 * then waits until this instance has acted on them, and until the head of the log is noted outside of the
 * database. So an answer "revoked" means that the gates are closed and that no older copy of the database
 * can hide it, and commit order is event order. Refusals in `work` must come before its first write.
 */
export type Decide = <T>(
  principal: Principal,
  work: (decision: Decision) => Promise<Result<T>>,
) => Promise<Result<T>>

export function createDecide(decideAs: DecideAs): Decide {
  return (principal, work) => {
    const standing = (tx: StoreReader, now: Instant) => rereadActor(tx, principal, now)
    return decideAs({ by: eventActor(principal), standing }, work)
  }
}

export function createDecideAs({
  store,
  clock,
  pairing,
  follower,
  appendEvent,
  heads,
}: DecideDeps): DecideAs {
  return async ({ by, standing }, work) => {
    const committing = store.mutate(async (tx) => {
      // The clock is asked under the lock, so that times never run against the order of events.
      const now = clock.now()
      const actor = await standing(tx, now)
      if (!actor.ok) return actor
      return work({
        tx,
        actor: actor.value,
        now,
        idleMs: pairing.idleTtlMs,
        pairing,
        append: (event, change = {}) => appendEvent(tx, { event, change, actor: by, at: now }),
      })
    })
    const result = await committing.catch((error: unknown) => {
      // A connection that was lost during the commit cannot tell whether it happened.
      follower.doubt()
      throw error
    })
    await follower.catchUp()
    await heads.written()
    return result
  }
}
