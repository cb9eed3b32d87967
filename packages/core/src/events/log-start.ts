import { EMPTY_LOG } from '../domain/event-chain.ts'
import { readDetails } from '../domain/event-details.ts'
import type { EventHead } from '../domain/gateway-event.ts'
import type { StoreReader } from '../ports/store.ts'
import { type GenuineDeps, isGenuine } from './genuine-event.ts'

/** The last event that was pruned, as a sealed event of the log has it. */
export interface Checkpoint extends EventHead {
  /** The event that says so. */
  readonly event: number
  /** When the last pruned event was written. */
  readonly at: number
  /** How many events went with it. */
  readonly count: number
}

export interface LogStartDeps extends GenuineDeps {
  readonly read: Pick<StoreReader, 'eventRecordsAfter' | 'listEventRecords'>
}

export interface LogStart {
  /** The place behind which the log begins. */
  readonly after: EventHead
  /** What vouches for the part before it. */
  readonly checkpoint: Checkpoint | undefined
}

/** Whoever puts forged checkpoints behind the genuine one is found out, as long as there are not more. */
const LOOKED_AT = 20

/** Where a verification begins. Without a genuine checkpoint that is event 1, whether it is there or not. */
export async function findStart(deps: LogStartDeps): Promise<LogStart> {
  const [first] = await deps.read.eventRecordsAfter(0, 1)
  if (!first || first.seq === 1) return { after: EMPTY_LOG, checkpoint: undefined }
  const checkpoint = await findCheckpoint(deps)
  if (!checkpoint) return { after: EMPTY_LOG, checkpoint }
  const { epoch, seq, mac } = checkpoint
  if (first.seq > seq) return { after: { epoch, seq, mac }, checkpoint }
  // Pruned only in part: what is left of it still has to lead up to the checkpoint.
  return { after: { epoch: first.epoch, seq: first.seq - 1, mac: first.prev }, checkpoint }
}

/** The newest genuine one. */
export async function findCheckpoint(deps: LogStartDeps): Promise<Checkpoint | undefined> {
  const events = await deps.read.listEventRecords({ kind: 'log-pruned', limit: LOOKED_AT })
  const event = events.find((each) => isGenuine(deps, each))
  const told = event?.details && readDetails(event.details.body)?.after
  if (!event || told?.seq === undefined || told.epoch === undefined || told.mac === undefined)
    return undefined
  const { seq, epoch, mac, until = 0, count = 0 } = told
  return { event: event.seq, seq, epoch, mac, at: until, count }
}
