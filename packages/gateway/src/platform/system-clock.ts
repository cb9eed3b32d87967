import type { Clock } from '@pairgate/core'
import { hours, type Instant, minutes } from '@pairgate/protocol'

/** The two clocks of a machine: one that people and programs set, one that only runs. */
export interface MachineClocks {
  readonly wall: () => number
  readonly ticks: () => number
}

/** Such a step forward is a correction; a longer one is doubted for so long. */
const CORRECTION_MS = minutes(1)
const DOUBT_MS = hours(24)

const MACHINE: MachineClocks = { wall: () => Date.now(), ticks: () => performance.now() }

/** The machine's clock, for whoever must not go back in time and must not lose anything to a clock that jumps. */
export function createSystemClock(notBefore = 0, { wall, ticks }: MachineClocks = MACHINE): Clock {
  const judged = { at: notBefore, since: ticks() }
  const kept = { at: wall(), since: ticks() }
  let doubtedSince: number | undefined

  function keep(): number {
    const [said, now] = [wall(), ticks()]
    const onward = kept.at + (now - kept.since)
    if (said - onward <= CORRECTION_MS) {
      doubtedSince = undefined
      return follow(kept, said, now)
    }
    doubtedSince ??= now
    kept.at = now - doubtedSince >= DOUBT_MS ? said : onward
    kept.since = now
    return kept.at
  }
  return {
    now() {
      const said = wall()
      // As nearly always: the machine's clock is where it was a moment ago, and one reading tells.
      return Math.floor(said === judged.at ? said : follow(judged, said, ticks())) as Instant
    },
    wall: () => wall() as Instant,
    steady: () => Math.floor(keep()) as Instant,
    ticks,
  }
}

/** Where a clock of ours is, and when it was asked the last time. */
interface Course {
  at: number
  since: number
}

/**
 * A clock that is ahead because the machine's was set back runs at half speed until they meet: if it stood
 * still, nothing would expire meanwhile, and at full speed it would stay ahead for ever.
 */
function follow(course: Course, said: number, now: number): number {
  course.at = said >= course.at ? said : course.at + (now - course.since) / 2
  course.since = now
  return course.at
}
