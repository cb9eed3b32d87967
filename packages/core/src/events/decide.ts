import type { Instant } from '@pairgate/protocol'
import { type Actor, rereadActor } from '../access/reread-actor.ts'
import type { GatewayEvent } from '../domain/gateway-event.ts'
import type { Principal } from '../domain/principal.ts'
import type { Result } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'
import type { EventFollower } from './event-follower.ts'

/** A transaction in which somebody decides something. */
export interface Decision {
  readonly tx: StoreTransaction
  readonly actor: Actor
  readonly now: Instant
  append(event: GatewayEvent): Promise<void>
}

export interface DecideDeps {
  readonly store: Store
  readonly clock: Clock
  readonly follower: EventFollower
}

/**
 * Runs one decision: append lock, the actor's own grant read again, the work, its events, commit; and
 * then waits until this instance has acted on them. So an answer "revoked" means that the gates are
 * closed, and commit order is event order. Refusals in `work` must come before its first write.
 */
export type Decide = <T>(
  principal: Principal,
  work: (decision: Decision) => Promise<Result<T>>,
) => Promise<Result<T>>

export function createDecide({ store, clock, follower }: DecideDeps): Decide {
  return async (principal, work) => {
    const result = await store.mutate(async (tx) => {
      // The clock is asked under the lock, so that times never run against the order of events.
      const now = clock.now()
      const actor = await rereadActor(tx, principal, now)
      if (!actor.ok) return actor
      const by = { ref: actor.value.ref, connId: principal.connId, remoteIp: principal.remoteIp }
      return work({ tx, actor: actor.value, now, append: (event) => tx.appendEvent(event, by, now) })
    })
    await follower.catchUp()
    return result
  }
}
