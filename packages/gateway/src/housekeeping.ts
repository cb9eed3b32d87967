import type { Clock, Core, EventHead, Store } from '@pairgate/core'
import { hours, type Instant, minutes, seconds } from '@pairgate/protocol'
import { LIMITS } from '@pairgate/protocol/wire'
import type { Log } from './platform/log.ts'
import type { Timers } from './platform/timers.ts'
import type { ConnectionRegistry } from './ws/connection-registry.ts'

/** How long a finished request still answers what became of it. */
const FINISHED_REQUESTS_KEPT_MS = hours(24)

export interface HousekeepingDeps {
  readonly timers: Timers
  readonly clock: Clock
  readonly store: Store
  readonly core: Core
  readonly registry: ConnectionRegistry
  readonly flushUse: () => Promise<void>
  /** Where the event log ends. */
  readonly head: () => EventHead
  readonly log: Log
}

export interface Housekeeping {
  stop(): void
  /** Writes what is written from time to time once more. Never throws. */
  writeDown(): Promise<void>
}

/** Everything that happens by itself, as a few sweepers instead of a timer per thing. */
export function startHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const { timers, clock, registry, core, store, log } = deps
  const quietly = (work: () => Promise<void>, what: string) => () =>
    work().catch((error: unknown) => log.warn({ err: error }, `${what} failed`))
  const keepCounters = quietly(core.keepCounters, 'keeping the counters of guesses')
  const flushUse = quietly(deps.flushUse, 'writing last use')
  const stops = [
    timers.every(seconds(1), () => registry.sweep()),
    timers.every(seconds(1), quietly(core.followLog, 'following the event log')),
    timers.every(seconds(1), keepCounters),
    timers.every(seconds(5), quietly(core.announceExpired, 'announcing expired requests')),
    timers.every(LIMITS.tickIntervalMs, () =>
      registry.each((connection) => connection.tell('tick', { ts: clock.now() })),
    ),
    timers.every(LIMITS.pingIntervalMs, () => registry.each((connection) => connection.beat())),
    // In the log files it lies where a thief of the state directory may not reach it.
    timers.every(hours(1), () => log.info(deps.head(), 'event log head')),
    timers.every(minutes(1), flushUse),
    timers.every(
      minutes(10),
      quietly(
        () => store.forgetRequests((clock.now() - FINISHED_REQUESTS_KEPT_MS) as Instant),
        'forgetting old requests',
      ),
    ),
  ]
  return {
    stop() {
      for (const stop of stops) stop()
    },
    async writeDown() {
      await Promise.all([flushUse(), keepCounters()])
    },
  }
}
