import type { Clock, Core } from '@pairgate/core'
import { hours, type Instant, minutes, seconds } from '@pairgate/protocol'
import { LIMITS } from '@pairgate/protocol/wire'
import type { StrangerSockets } from './http/stranger-sockets.ts'
import type { WatchStage } from './leave-none/watch-stage.ts'
import type { Log } from './platform/log.ts'
import type { Timers } from './platform/timers.ts'
import type { WorkGates } from './proxy/work-gates.ts'
import { createRemindOfEnds } from './remind-of-ends.ts'
import type { EventHeadFile } from './state/event-head.ts'
import { type DatabaseWatch, isDatabaseAway } from './state/watch-database.ts'
import type { ConnectionRegistry } from './ws/connection-registry.ts'
import type { NoteUse } from './ws/note-use.ts'

/** How long a finished request or invitation still answers what became of it. */
const FINISHED_KEPT_MS = hours(24)

/** Access tokens that ran out: a clock that was set forward for a moment must not have ended them for good. */
const ENDED_ACCESS_KEPT_MS = hours(24)

export interface HousekeepingDeps {
  readonly timers: Timers
  readonly clock: Clock
  readonly database: DatabaseWatch
  readonly core: Core
  readonly registry: ConnectionRegistry
  readonly use: Pick<NoteUse, 'flush' | 'noteLive'>
  readonly work: WorkGates
  readonly strangers: Pick<StrangerSockets, 'sweep'>
  readonly heads: EventHeadFile
  /** How far mode `none` is on its way out. */
  readonly stage: Pick<WatchStage, 'look'>
  /** Takes a newer TLS certificate into use. */
  readonly lookAtTls: () => Promise<void>
  /** Writes what is said once a minute. */
  readonly sumUp: () => void
  readonly log: Log
}

export interface Housekeeping {
  stop(): void
  /** Writes what is written from time to time once more. Never throws. */
  writeDown(): Promise<void>
}

/** Everything that happens by itself, as a few sweepers instead of a timer per thing. */
export function startHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const { timers, clock, registry, core, database, heads, log } = deps
  const quietly = (work: () => Promise<void>, what: string) => () =>
    work().catch((error: unknown) => {
      // An outage has its own line, and not one for each sweep.
      if (!isDatabaseAway(error)) log.warn({ err: error }, `${what} failed`)
    })
  const keepCounters = quietly(core.keepCounters, 'keeping the counters of guesses')
  const keepFeed = quietly(core.keepFeed, 'writing the feed')
  const keepGuests = quietly(core.guests.write, 'writing down who was let in without a pairing')
  const flushUse = quietly(deps.use.flush, 'writing last use')
  const remindOfEnds = createRemindOfEnds({ read: database.store.read, clock, log })
  const stops = [
    // Tried again as long as it fails; a head that is noted costs nothing here.
    timers.every(seconds(1), () => void heads.written()),
    timers.every(seconds(1), quietly(lookAfter(database), 'asking the database')),
    timers.every(seconds(1), () => registry.sweep()),
    timers.every(seconds(1), () => deps.work.sweep()),
    timers.every(seconds(1), () => deps.strangers.sweep()),
    timers.every(seconds(1), quietly(core.followLog, 'following the event log')),
    timers.every(seconds(1), keepCounters),
    timers.every(seconds(1), keepFeed),
    timers.every(seconds(1), quietly(deps.stage.look, 'looking at the end of mode none')),
    timers.every(seconds(10), () => void deps.lookAtTls()),
    timers.every(seconds(5), quietly(announceEnds(core), 'announcing what ran out')),
    timers.every(LIMITS.tickIntervalMs, () =>
      registry.each((connection) => connection.tell('tick', { ts: clock.now() })),
    ),
    timers.every(LIMITS.pingIntervalMs, () => registry.each((connection) => connection.beat())),
    // In the log files it lies where a thief of the state directory may not reach it.
    timers.every(hours(1), () => log.info(heads.head, 'event log head')),
    timers.every(hours(1), quietly(remindOfEnds, 'looking for tokens that run out')),
    timers.every(minutes(15), deps.use.noteLive),
    timers.every(minutes(1), flushUse),
    timers.every(minutes(1), keepGuests),
    timers.every(minutes(1), deps.sumUp),
    timers.every(minutes(10), quietly(forgetFinished(deps), 'forgetting old requests and invitations')),
    timers.every(
      minutes(10),
      quietly(
        () => database.store.forgetAccessTokens((clock.steady() - ENDED_ACCESS_KEPT_MS) as Instant),
        'forgetting old access tokens',
      ),
    ),
  ]
  return {
    stop() {
      for (const stop of stops) stop()
    },
    async writeDown() {
      deps.sumUp()
      await Promise.all([flushUse(), keepCounters(), keepFeed(), keepGuests()])
    },
  }
}

/** Requests, invitations and tokens; a failure of one must not silence the others. */
function announceEnds(core: Core): () => Promise<void> {
  const all = [core.announceExpired, core.announceExpiredInvitations, core.announceEnded]
  return async () => {
    const told = await Promise.allSettled(all.map((announce) => announce()))
    for (const each of told) if (each.status === 'rejected') throw each.reason
  }
}

function forgetFinished({ database, clock }: HousekeepingDeps): () => Promise<void> {
  return async () => {
    const before = (clock.steady() - FINISHED_KEPT_MS) as Instant
    await database.store.forgetRequests(before)
    await database.store.forgetInvitations(before)
  }
}

/** Asks only while it is away: then nobody may be left whose calls would notice that it is back. */
function lookAfter(database: DatabaseWatch): () => Promise<void> {
  return async () => {
    if (database.isAway) await database.check()
  }
}
