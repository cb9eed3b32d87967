import { setTimeout as sleep } from 'node:timers/promises'

export interface Pace {
  readonly perSecond: number
  readonly ms: number
}

const SLICE_MS = 10
/** A server that answers none of so many is not asked for more. */
const MOST_AT_ONCE = 2_000

/**
 * Starts jobs at an even pace, however slow the answers come, and waits for the last one.
 * @returns how many were really started per second.
 */
export async function paced({ perSecond, ms }: Pace, job: (n: number) => Promise<void>): Promise<number> {
  const running = new Set<Promise<void>>()
  const startedAt = performance.now()
  let started = 0
  for (let passed = 0; passed < ms; passed = performance.now() - startedAt) {
    const due = Math.floor((Math.min(passed, ms) * perSecond) / 1000)
    for (; started < due && running.size < MOST_AT_ONCE; started += 1) {
      const one = job(started).finally(() => running.delete(one))
      running.add(one)
    }
    await sleep(SLICE_MS)
  }
  const seconds = (performance.now() - startedAt) / 1000
  await Promise.all(running)
  return started / seconds
}
