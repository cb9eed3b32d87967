import { addRows, type FeedRow, newRow } from '../domain/feed-row.ts'
import type { Clock } from '../ports/clock.ts'
import type { Feed } from '../ports/feed.ts'

/** Notes that wait to be written. */
export interface FeedBuffer extends Feed {
  /** Gives them away. */
  take(): readonly FeedRow[]
  /** Gives back what could not be written. */
  putBack(rows: readonly FeedRow[]): void
}

/** Peers beyond the room that there is are counted under this name: their addresses are lost, no count is. */
const OTHERS = 'others'

/**
 * Adds equal notes up until they are written. So many rows are kept by their address; beyond them there is
 * one for each kind and reason, of which there are few: no flood takes more memory, or writes more, than that.
 */
export function createFeedBuffer({
  clock,
  room,
}: {
  readonly clock: Pick<Clock, 'now'>
  readonly room: number
}): FeedBuffer {
  const rows = new Map<string, FeedRow>()
  const keyOf = ({ span, kind, reason, prefix }: FeedRow) => JSON.stringify([span, kind, reason, prefix])

  function add(row: FeedRow): void {
    const key = keyOf(row)
    const known = rows.get(key)
    if (known) rows.set(key, addRows(known, row))
    else if (rows.size < room || row.prefix === OTHERS) rows.set(key, row)
    else add({ ...row, prefix: OTHERS, deviceId: undefined })
  }
  return {
    note: (note) => add(newRow(note, clock.now())),
    take() {
      const taken = [...rows.values()]
      rows.clear()
      return taken
    },
    putBack: (taken) => taken.forEach(add),
  }
}
