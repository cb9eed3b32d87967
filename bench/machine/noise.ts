import { availableParallelism, loadavg } from 'node:os'
import { machineCpuSeconds, ownCpuSeconds } from './process-facts.ts'

/** How much others used the machine while we measured. */
export interface Noise {
  /** Cores that other programs kept busy on average; `undefined` where nobody can say. */
  readonly otherCores: number | undefined
  readonly cores: number
  readonly loadBefore: number
  readonly loadAfter: number
}

/** Starts watching; call the result when every child has ended, because only then their time is counted. */
export function watchNoise(): () => Noise {
  const before = { machine: machineCpuSeconds(), own: ownCpuSeconds(), at: performance.now() }
  const loadBefore = loadavg()[0] ?? 0
  return () => {
    const [machine, own] = [machineCpuSeconds(), ownCpuSeconds()]
    const seconds = (performance.now() - before.at) / 1000
    const others = minus(minus(machine, before.machine), minus(own, before.own))
    return {
      otherCores: others === undefined ? undefined : Math.max(0, others / seconds),
      cores: availableParallelism(),
      loadBefore,
      loadAfter: loadavg()[0] ?? 0,
    }
  }
}

function minus(value: number | undefined, other: number | undefined): number | undefined {
  return value === undefined || other === undefined ? undefined : value - other
}

/** Whether single times are worth little. */
export function isNoisy({ otherCores, cores }: Noise): boolean {
  return (otherCores ?? 0) > 0.15 * cores
}

/** A sentence for whoever reads the figures. */
export function describeNoise(noise: Noise): string {
  const { otherCores, cores, loadBefore, loadAfter } = noise
  const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`
  if (otherCores === undefined) return `${load}; what other programs used is not known here.`
  const verdict = isNoisy(noise) ? 'noisy: trust ratios and medians, not single times' : 'quiet'
  return `${load}; other programs used ${otherCores.toFixed(2)} of ${cores} cores on average: ${verdict}.`
}
