import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Of both halves together; what is alive of a moment's requests is a tenth of it. */
const ROOM_BYTES = 16 * 1024 ** 2
/** What the engine does by itself: it doubles. */
const USUAL_FACTOR = 2

/**
 * The engine doubles its room for short-lived objects whenever much of them lives on, up to 128 MB, and hardly
 * ever gives it back. Ten thousand devices that come at once live on, so most of what they took was that room.
 * Whoever has chosen a size at the start keeps it.
 *
 * So small a room is collected by one thread: to wake the others, many hundred times a second, costs more than they
 * take over.
 */
export function boundYoungSpace(): void {
  const chosen = [...process.execArgv, process.env['NODE_OPTIONS'] ?? '']
  if (chosen.some((text) => /semi[-_]space/.test(text))) return
  let factor = USUAL_FACTOR
  const growBy = (next: number): void => {
    if (next === factor) return
    factor = next
    setFlagsFromString(`--semi-space-growth-factor=${next}`)
  }
  setFlagsFromString('--no-parallel-scavenge')
  // After each collection, because it may shrink as well: what is small may grow again.
  new PerformanceObserver(() => growBy(youngSpace() < ROOM_BYTES ? USUAL_FACTOR : 1)).observe({
    entryTypes: ['gc'],
  })
  // What is compiled is kept for the next start together with the flags, and a start begins with the usual ones.
  process.once('exit', () => {
    growBy(USUAL_FACTOR)
    setFlagsFromString('--parallel-scavenge')
  })
}

function youngSpace(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
}
