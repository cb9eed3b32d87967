import type { LoadResult } from '../load/timed-window.ts'
import { median, rangeOf } from '../machine/statistics.ts'

/** Loads one server for a moment. */
export type Round<R extends LoadResult> = () => Promise<R>

export interface Comparison<R extends LoadResult> {
  readonly rounds: readonly R[]
  /** Median rates per second. */
  readonly rate: number
  readonly bareRate: number
  /** Ours in percent of the bare server's, the median of the pairs of rounds. */
  readonly rateRatio: number
  /** The same of the work that a second of the server's CPU does. */
  readonly cpuRatio: number | undefined
  /** For people: how far the pairs lie apart. */
  readonly rateSpread: string
  readonly cpuSpread: string | undefined
}

interface Pair<R extends LoadResult> {
  readonly ours: R
  readonly bare: R
}

const WARM_UP_ROUNDS = 3

/**
 * Ours and the bare one in turn, after both are warm. Of the pairs the half counts in which
 * other programs used the machine least, and of those the median.
 */
export async function compareRivals<R extends LoadResult>(
  ours: Round<R>,
  bare: Round<R>,
  pairs: number,
): Promise<Comparison<R>> {
  // As long as the runtime still compiles what is hot, it costs half as much again.
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await ours()
  await bare()
  const all: Pair<R>[] = []
  for (let n = 0; n < pairs; n += 1) all.push({ ours: await ours(), bare: await bare() })
  const quiet = all.toSorted((a, b) => noiseOf(a) - noiseOf(b)).slice(0, Math.ceil(pairs / 2))

  const rateRatios = quiet.map((pair) => (100 * rateOf(pair.ours)) / rateOf(pair.bare))
  const cpuRatios = quiet.map((pair) => (100 * perCpuSecond(pair.ours)) / perCpuSecond(pair.bare))
  const hasCpu = cpuRatios.every(Number.isFinite)
  const noise = quiet.map((pair) => noiseOf(pair).toFixed(1)).join(', ')
  return {
    rounds: quiet.map((pair) => pair.ours),
    rate: median(quiet.map((pair) => rateOf(pair.ours))),
    bareRate: median(quiet.map((pair) => rateOf(pair.bare))),
    rateRatio: median(rateRatios),
    cpuRatio: hasCpu ? median(cpuRatios) : undefined,
    rateSpread: `${spread(rateRatios)}; ${quiet.length} quietest of ${pairs} pairs, others on ${noise} cores`,
    cpuSpread: hasCpu ? `${spread(cpuRatios)}; ${cpuCost(quiet)}` : undefined,
  }
}

function noiseOf({ ours, bare }: Pair<LoadResult>): number {
  return ((ours.otherCores ?? 0) + (bare.otherCores ?? 0)) / 2
}

function cpuCost(rounds: readonly Pair<LoadResult>[]): string {
  const cost = (results: readonly LoadResult[]) => (1e6 / median(results.map(perCpuSecond))).toFixed(0)
  return `${cost(rounds.map(({ ours }) => ours))} µs, bare ${cost(rounds.map(({ bare }) => bare))} µs`
}

function rateOf({ count, seconds }: LoadResult): number {
  return count / seconds
}

function perCpuSecond({ count, serverCpuSeconds }: LoadResult): number {
  return count / (serverCpuSeconds ?? Number.NaN)
}

function spread(values: readonly number[]): string {
  const [least, greatest] = rangeOf(values)
  return `${least.toFixed(0)}–${greatest.toFixed(0)} %`
}
