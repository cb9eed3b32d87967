import type { ChainFault, FoundFault } from '../domain/chain-fault.ts'
import type { EventRecord } from '../domain/event-chain.ts'
import { readDetails } from '../domain/event-details.ts'
import type { EventHead } from '../domain/gateway-event.ts'
import type { Crypto, EventSeal } from '../ports/crypto.ts'
import type { StoreReader } from '../ports/store.ts'
import { hasOwnDetails, isGenuine, isSealed } from './genuine-event.ts'
import { type Checkpoint, findStart } from './log-start.ts'

/** How many rows one read brings. */
const PAGE = 200

export interface VerifyChainDeps {
  readonly read: Pick<StoreReader, 'eventRecordsAfter' | 'listEventRecords' | 'listTokens' | 'listDevices'>
  readonly seal: EventSeal
  readonly crypto: Pick<Crypto, 'sha256'>
  /** Lets other work have its turn. */
  readonly breathe?: () => Promise<void>
}

export interface ChainSection {
  /** The place behind which to begin; left out, the whole log. */
  readonly after?: EventHead
  /** What was noted outside of the database: that far the log must reach. */
  readonly head?: EventHead | undefined
}

export interface SoundChain {
  readonly ok: true
  readonly events: number
  /** First and last number, 0 when there is none. */
  readonly from: number
  readonly to: number
  readonly head: EventHead
  /** Events whose details were erased. */
  readonly erased: number
  /** Events from before the log was sealed. */
  readonly unsealed: number
  /** Faults that a recovery has accepted. */
  readonly accepted: readonly FoundFault[]
  /** Where the log begins, if it was pruned. */
  readonly checkpoint?: Checkpoint
}
export type ChainVerdict = SoundChain | ({ readonly ok: false } & FoundFault)

export type VerifyChain = (section?: ChainSection) => Promise<ChainVerdict>

/**
 * Reads the log from its beginning, or from the newest checkpoint if it was pruned, and answers with the
 * first fault, or with what it has verified. A fault that lies before a recovery, and that this recovery
 * names, was accepted by the owner; what it covered up in the rest of that epoch is not looked at any more.
 */
export function createVerifyChain(deps: VerifyChainDeps): VerifyChain {
  return async ({ after, head } = {}) => {
    if (after) return walkFrom(deps, { after }, head)
    for (;;) {
      const start = await findStart(deps)
      const verdict = await walkFrom(deps, start, head)
      // Rows that were pruned while they were read look as if somebody had removed them.
      if (verdict.ok || (await findStart(deps)).after.seq === start.after.seq) return verdict
    }
  }
}

interface Start {
  /** The place behind which to begin. */
  readonly after: EventHead
  readonly checkpoint?: Checkpoint | undefined
}

async function walkFrom(
  deps: VerifyChainDeps,
  start: Start,
  head: EventHead | undefined,
): Promise<ChainVerdict> {
  const walk = createWalk(deps, start, head)
  let cursor = start.after.seq
  for (;;) {
    const page = await deps.read.eventRecordsAfter(cursor, PAGE)
    for (const row of page) {
      const denied = await walk.step(row)
      if (denied) return { ok: false, ...denied }
      cursor = row.seq
    }
    if (page.length < PAGE) break
    await deps.breathe?.()
  }
  const fault = await walk.end()
  return fault ? { ok: false, ...fault } : walk.report()
}

function createWalk(deps: VerifyChainDeps, { after, checkpoint }: Start, head: EventHead | undefined) {
  const accepted: FoundFault[] = []
  const count = { events: 0, erased: 0, unsealed: 0 }
  let last: EventHead = after
  let lastAt = 0
  let pending: FoundFault | undefined

  return {
    /** @returns a fault that a recovery should have accepted, but did not. */
    async step(row: EventRecord): Promise<FoundFault | undefined> {
      if (!pending) pending = await findFault(deps, row, { last, head, checkpoint })
      else if (row.kind === 'log-recovered' && isGenuine(deps, row)) {
        if (!accepts(row, pending)) return pending
        accepted.push(pending)
        pending = undefined
      }
      count.events += 1
      if (!row.details) count.erased += 1
      if (isUnsealed(row, last)) count.unsealed += 1
      last = row
      lastAt = row.at
      return undefined
    },
    async end(): Promise<FoundFault | undefined> {
      if (pending || !head || last.seq >= head.seq) return pending
      return { seq: last.seq + 1, fault: await nameLoss(deps, lastAt) }
    },
    report(): SoundChain {
      const { epoch, seq, mac } = last
      const from = count.events === 0 ? 0 : after.seq + 1
      const found = { ok: true, ...count, from, to: seq, head: { epoch, seq, mac }, accepted } as const
      return checkpoint ? { ...found, checkpoint } : found
    },
  }
}

interface Place {
  readonly last: EventHead
  readonly head: EventHead | undefined
  readonly checkpoint?: Checkpoint | undefined
}

async function findFault(
  deps: VerifyChainDeps,
  row: EventRecord,
  { last, head, checkpoint }: Place,
): Promise<FoundFault | undefined> {
  const { seq } = row
  if (seq !== last.seq + 1) return { seq: last.seq + 1, fault: 'removed' }
  if (isUnsealed(row, last)) return undefined
  if (!isSealed(deps, row)) return { seq, fault: await nameForgery(deps, row, { last, head }) }
  const continues = row.epoch === last.epoch || last.epoch === 0 || row.kind === 'log-recovered'
  if (row.prev !== last.mac || !continues) return { seq, fault: 'changed' }
  if (checkpoint?.seq === seq && checkpoint.mac !== row.mac) return { seq, fault: 'changed' }
  if (!hasOwnDetails(deps, row)) return { seq, fault: 'details-changed' }
  // Sealed by us, but not what was noted: the log of an older copy has gone on from there.
  return head?.seq === seq && head.mac !== row.mac ? { seq, fault: 'rolled-back' } : undefined
}

/** Rows from before there was a seal; behind the first sealed row there can be none. */
function isUnsealed({ epoch, mac }: EventRecord, last: EventHead): boolean {
  return epoch === 0 && mac === '' && last.epoch === 0
}

/**
 * Whether a recovery names this place as the one where it found a fault. The word may differ: what was
 * put behind the head then lies before the recovery now.
 */
function accepts({ details }: EventRecord, { seq }: FoundFault): boolean {
  const before = details && readDetails(details.body)?.before
  return before?.fault !== undefined && before.seq === seq
}

/** A row without a good seal: behind the head, or before an event that does not know it, it was put there. */
async function nameForgery(
  { read }: VerifyChainDeps,
  row: EventRecord,
  { last, head }: Place,
): Promise<ChainFault> {
  if (head && row.seq > head.seq) return 'inserted'
  const [next] = await read.eventRecordsAfter(row.seq, 1)
  return next !== undefined && next.prev === last.mac ? 'inserted' : 'changed'
}

/**
 * The end of the log is missing. If devices and tokens know of later decisions, it was cut off; if they
 * are as old as the log, the whole database is an older copy.
 */
async function nameLoss({ read }: VerifyChainDeps, lastAt: number): Promise<ChainFault> {
  const [tokens, devices] = await Promise.all([read.listTokens(), read.listDevices()])
  const decided = [
    ...tokens.flatMap(({ createdAt, rotatedAt, revokedAt }) => [createdAt, rotatedAt, revokedAt]),
    ...devices.map(({ approvedAt }) => approvedAt),
  ]
  return decided.some((at) => at !== undefined && at > lastAt) ? 'tail-cut' : 'rolled-back'
}
