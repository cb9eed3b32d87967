import { type DeviceId, type Instant, later } from '@pairgate/protocol'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { ErasableDetails, ErasureChoice, Store, Traces } from '../ports/store.ts'
import type { Decide } from './decide.ts'

/** What an admin wants erased: events about a device or done by it, before a moment, or both. */
export interface ErasureOrder {
  readonly deviceId?: DeviceId | undefined
  readonly before?: Instant | undefined
}

export interface Erasure {
  /** Events whose details were erased. */
  readonly events: number
  readonly traces: Traces
}

export interface EraseDetailsDeps {
  readonly store: Store
  readonly clock: Clock
  readonly decide: Decide
  readonly keepFeed: () => Promise<void>
  readonly forgetGuest: (deviceId: DeviceId) => Promise<void>
  /** Runs jobs on the log one after the other: no event counts what another job is about to take. */
  readonly enqueue: <T>(job: () => Promise<T>) => Promise<T>
  /** Lets other work have its turn. */
  readonly breathe: () => Promise<void>
}

/** Read at once. */
const PAGE = 5_000
/** Erased in one transaction: nobody who decides waits for more than these. */
const AT_ONCE = 200

/** Erases what the log holds of people. The events stay, and so does the chain. */
export function createEraseDetails(deps: EraseDetailsDeps) {
  const { store, clock, decide, keepFeed, forgetGuest, enqueue, breathe } = deps

  async function forgetTraces(deviceId: DeviceId): Promise<void> {
    await store.forgetRequests(later(clock.now(), 1), deviceId)
    await keepFeed()
    await store.forgetFeed(deviceId)
    await forgetGuest(deviceId)
  }
  async function erase(principal: Principal, order: ErasureOrder): Promise<Result<Erasure>> {
    const found = await findErasable(store, order)
    // Ordered before it is done: nothing is missing that no event speaks of, whenever the process dies.
    const ordered = await decide(principal, async ({ actor, append }) => {
      if (!actor.isAdmin) return refuse({ reason: 'scope-missing', scope: 'operator.admin' })
      const after = { count: found.details.length, seq: found.upTo, until: order.before }
      await append({ kind: 'details-erased', deviceId: order.deviceId }, { after })
      return ok(undefined)
    })
    if (!ordered.ok) return ordered
    for (let from = 0; from < found.details.length; from += AT_ONCE) {
      await store.mutate((tx) => tx.eraseDetails(found.details.slice(from, from + AT_ONCE)))
      await breathe()
    }
    // Finished requests and the feed would tell the same names and addresses for days.
    if (order.deviceId) await forgetTraces(order.deviceId)
    return ok({ events: found.details.length, traces: await store.scrub() })
  }

  return {
    eraseDetails: (principal: Principal, order: ErasureOrder) => enqueue(() => erase(principal, order)),
    async countErasable(order: ErasureOrder): Promise<number> {
      return (await findErasable(store, order)).details.length
    },
  }
}

async function findErasable({ read }: Pick<Store, 'read'>, order: ErasureOrder) {
  const { seq: upTo } = await read.eventHead()
  const choice: ErasureChoice = { ...order, upTo }
  const details: ErasableDetails[] = []
  for (;;) {
    const page = await read.listErasable(choice, details.at(-1)?.seq ?? 0, PAGE)
    details.push(...page)
    if (page.length < PAGE) return { upTo, details }
  }
}
