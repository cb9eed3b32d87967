import { EVERY_SESSION, SCOPES } from '@pairgate/protocol'
import type { EventActor } from '../domain/gateway-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { Store } from '../ports/store.ts'
import type { AppendEvent } from './append-event.ts'
import type { Decision } from './decide.ts'

export interface DecideOnHostDeps {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly appendEvent: AppendEvent
  /** Left out where no token is given a deadline or a session. */
  readonly pairing?: PairingPolicy
}

const NO_DEADLINES: PairingPolicy = { defaultSession: 'own', tokenTtlMs: undefined, idleTtlMs: undefined }

/**
 * Runs one decision of the owner while the gateway stands still: there is no connection that it comes by, and
 * no instance that has to hear of it.
 * @param command what the event log names in the place of a connection.
 */
export function createDecideOnHost(
  { store, clock, appendEvent, pairing = NO_DEADLINES }: DecideOnHostDeps,
  command: string,
) {
  const by: EventActor = { ref: 'owner', via: 'host', connId: command, remoteIp: undefined }
  const actor = { ref: by.ref, scopes: SCOPES, isAdmin: true, isOwner: true, sessionId: EVERY_SESSION }
  return <T>(work: (decision: Decision) => Promise<T>): Promise<T> =>
    store.mutate((tx) => {
      const now = clock.now()
      return work({
        tx,
        actor,
        now,
        idleMs: pairing.idleTtlMs,
        pairing,
        append: (event, change = {}) => appendEvent(tx, { event, change, actor: by, at: now }),
      })
    })
}
