import type { Clock } from '@pairgate/core'
import type { GatewayFigures } from '@pairgate/protocol/wire'
import type { MetricCounts } from './gateway-metrics.ts'

/** Minutes that are kept. */
const KEPT = 24 * 60
const MINUTE_MS = 60_000
/** Every reason is a word of ours; this is for the day on which one is not. */
const MOST_KINDS = 100

type Sums = ReadonlyMap<string, number>

export interface FiguresDeps {
  /** What was counted since the start; asked once a minute, so nothing more is counted on any way. */
  readonly counts: () => MetricCounts
  readonly connections: () => number
  readonly clock: Pick<Clock, 'now'>
}

export interface Figures {
  /** Notes the minute that has passed. */
  sample(): void
  /** The last minutes, added up by steps of so many. */
  read(minutes: number, step: number): GatewayFigures
}

interface Minute {
  readonly connects: number
  readonly requests: number
  readonly proxied: number
  readonly refused: Sums
  readonly connections: number
}

/** What went on in each minute of the last day. In memory only: a restart begins anew. */
export function createFigures({ counts, connections, clock }: FiguresDeps): Figures {
  const ring: Minute[] = []
  let before = counts()
  let sampledAt: number = clock.now()
  return {
    sample() {
      const after = counts()
      ring.push({
        connects: after.connects - before.connects,
        requests: after.requests - before.requests,
        proxied: after.proxied - before.proxied,
        refused: difference(after.refused, before.refused),
        connections: connections(),
      })
      if (ring.length > KEPT) ring.shift()
      before = after
      sampledAt = clock.now()
    },
    read(minutes, step) {
      const steps = inSteps(ring.slice(-minutes), step)
      return {
        untilMs: sampledAt,
        stepMs: step * MINUTE_MS,
        connects: steps.map((each) => sum(each, ({ connects }) => connects)),
        requests: steps.map((each) => sum(each, ({ requests }) => requests)),
        proxied: steps.map((each) => sum(each, ({ proxied }) => proxied)),
        connections: steps.map((each) => Math.max(...each.map((minute) => minute.connections))),
        refused: refusedBy(steps),
      }
    },
  }
}

/** The last step is always whole; the first holds what is left. */
function inSteps(minutes: readonly Minute[], step: number): readonly (readonly Minute[])[] {
  const first = minutes.length % step
  const steps = first === 0 ? [] : [minutes.slice(0, first)]
  for (let at = first; at < minutes.length; at += step) steps.push(minutes.slice(at, at + step))
  return steps
}

function sum(minutes: readonly Minute[], of: (minute: Minute) => number): number {
  return minutes.reduce((total, minute) => total + of(minute), 0)
}

function difference(after: Sums, before: Sums): Sums {
  const grown = [...after].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0)
    return more > 0 ? [[kind, more] as const] : []
  })
  return new Map(grown.slice(0, MOST_KINDS))
}

function refusedBy(steps: readonly (readonly Minute[])[]): Readonly<Record<string, readonly number[]>> {
  const kinds = new Set(steps.flat().flatMap(({ refused }) => [...refused.keys()]))
  const series = [...kinds].sort().map((kind) => {
    const counts = steps.map((each) => sum(each, ({ refused }) => refused.get(kind) ?? 0))
    return [kind, counts] as const
  })
  return Object.fromEntries(series)
}
