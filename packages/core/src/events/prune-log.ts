import type { Instant } from '@pairgate/protocol'
import type { EventRecord } from '../domain/event-chain.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Store, Traces } from '../ports/store.ts'
import type { Decide } from './decide.ts'
import { findCheckpoint, type LogStartDeps } from './log-start.ts'
import type { VerifyChain } from './verify-chain.ts'

/** Which events an admin wants pruned: those before a moment, or before a number. */
export interface PruneOrder {
  readonly before?: Instant | undefined
  readonly beforeSeq?: number | undefined
}

export interface Pruning {
  readonly events: number
  /** First and last number, 0 when there is nothing to prune. */
  readonly from: number
  readonly to: number
}
export interface Pruned extends Pruning {
  readonly traces: Traces
}

export interface PruneLogDeps extends Pick<LogStartDeps, 'seal' | 'crypto'> {
  readonly store: Store
  readonly decide: Decide
  readonly verifyChain: VerifyChain
  /** Runs jobs on the log one after the other. */
  readonly enqueue: <T>(job: () => Promise<T>) => Promise<T>
  /** Lets other work have its turn. */
  readonly breathe: () => Promise<void>
}

/** Numbers whose events go in one transaction: nobody who decides waits for more than these. */
const AT_ONCE = 500

/** Deletes the oldest events for ever. The rest goes on to verify. */
export function createPruneLog(deps: PruneLogDeps) {
  const { store, decide, enqueue, breathe } = deps

  /** Also what an earlier prune has left when its process died. */
  async function deletePruned(): Promise<void> {
    const checkpoint = await findCheckpoint({ ...deps, read: store.read })
    if (!checkpoint) return
    while (await store.mutate((tx) => tx.pruneEvents(checkpoint.seq, AT_ONCE))) await breathe()
  }

  async function prune(principal: Principal, order: PruneOrder): Promise<Result<Pruned>> {
    await deletePruned()
    const { last, ...pruning } = await plan(store, order)
    if (!last) return ok({ ...pruning, traces: 'none' })
    const fault = await findFault(deps, last)
    if (fault) return refuse({ reason: 'log-faulty', ...fault })

    // The checkpoint first: an event is missing only once a sealed one says that it was pruned.
    const ordered = await decide(principal, async ({ actor, append }) => {
      if (!actor.isAdmin) return refuse({ reason: 'scope-missing', scope: 'operator.admin' })
      const { seq, epoch, mac, at } = last
      await append({ kind: 'log-pruned' }, { after: { seq, epoch, mac, until: at, count: pruning.events } })
      return ok(undefined)
    })
    if (!ordered.ok) return ordered
    await deletePruned()
    return ok({ ...pruning, traces: await store.scrub() })
  }

  return {
    pruneLog: (principal: Principal, order: PruneOrder) => enqueue(() => prune(principal, order)),
    async planPrune(order: PruneOrder): Promise<Pruning> {
      const { events, from, to } = await plan(store, order)
      return { events, from, to }
    },
  }
}

async function plan({ read }: Pick<Store, 'read'>, order: PruneOrder) {
  const [[first], wanted] = await Promise.all([read.eventRecordsAfter(0, 1), lastOf(read, order)])
  const [last] = wanted < 1 ? [] : await read.eventRecordsAfter(wanted - 1, 1)
  if (!first || last?.seq !== wanted) return { events: 0, from: 0, to: 0, last: undefined }
  return { events: await read.countEventsUpTo(wanted), from: first.seq, to: wanted, last }
}

/** The last number that the order means. */
async function lastOf(read: Store['read'], { before, beforeSeq }: PruneOrder): Promise<number> {
  const { seq: head } = await read.eventHead()
  const since = before === undefined ? undefined : await read.firstEventSince(before)
  return Math.min(head, (beforeSeq ?? head + 1) - 1, (since ?? head + 1) - 1)
}

/**
 * A log that does not verify is evidence, and stays as it is. Neither may it begin between a fault and the
 * recovery that went on with it: nobody could follow from there.
 */
async function findFault({ verifyChain }: PruneLogDeps, last: EventRecord) {
  const whole = await verifyChain()
  if (!whole.ok) return { seq: whole.seq, fault: whole.fault }
  if (whole.accepted.length === 0) return undefined
  const { epoch, seq, mac } = last
  const rest = await verifyChain({ after: { epoch, seq, mac } })
  return rest.ok ? undefined : { seq: rest.seq, fault: rest.fault }
}
