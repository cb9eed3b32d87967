import { addWrongTry, DEMOTED_FROM, decayed, type WrongTries } from '../domain/wrong-tries.ts'
import type { Clock } from '../ports/clock.ts'

/** Wrong codes of everybody together, and tries whose outcome nobody knows yet. */
export interface WrongTryCount {
  /** Whether so many were wrong, or may turn out to be, that a right code only asks. */
  readonly isDemoted: boolean
  /** Those that count at this moment. */
  now(): WrongTries
  /** A try is made now. It is settled once, as what it was; answers what counts then, and whether it demoted. */
  begin(): (wasWrong: boolean) => { readonly wrongTries: WrongTries; readonly demotes: boolean }
}

export function createWrongTryCount(
  clock: Pick<Clock, 'steady'>,
  stored: WrongTries | undefined,
): WrongTryCount {
  let wrong = stored ?? { count: 0, since: clock.steady() }
  /** Counted as wrong until they are known: else many at once would all be the first. */
  let underWay = 0

  function now(): WrongTries {
    wrong = decayed(wrong, clock.steady())
    return wrong
  }
  return {
    get isDemoted() {
      return now().count + underWay >= DEMOTED_FROM
    },
    now,
    begin() {
      let isOpen = true
      underWay += 1
      return (wasWrong) => {
        const before = now().count
        if (isOpen) underWay -= 1
        if (isOpen && wasWrong) wrong = addWrongTry(wrong, clock.steady())
        isOpen = false
        return { wrongTries: wrong, demotes: before < DEMOTED_FROM && wrong.count >= DEMOTED_FROM }
      }
    },
  }
}
