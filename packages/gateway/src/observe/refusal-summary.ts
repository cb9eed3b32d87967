import type { Log } from '../platform/log.ts'
import type { Observer } from './observer.ts'

/** What was refused, by reason, in one line from time to time: strangers must not be able to write a line each. */
export interface RefusalSummary extends Observer {
  upgrade(code: string): void
  /** Writes the line, if there was anything, and begins anew. */
  write(): void
}

/** Every reason is a word of ours, so there are never many. */
type Counts = Map<string, number>

export function createRefusalSummary(log: Log): RefusalSummary {
  const upgrades: Counts = new Map()
  const handshakes: Counts = new Map()
  const requests: Counts = new Map()
  return {
    upgrade: (code) => count(upgrades, code),
    handshake({ outcome }) {
      if (outcome !== 'accepted') count(handshakes, outcome)
    },
    request(_connection, _request, outcome) {
      if (outcome !== 'ok') count(requests, outcome)
    },
    write() {
      const fields = { upgrades: taken(upgrades), handshakes: taken(handshakes), requests: taken(requests) }
      if (Object.values(fields).some((reasons) => reasons !== undefined))
        log.info(fields, 'refused in the last minute')
    },
  }
}

function count(counts: Counts, word: string): void {
  counts.set(word, (counts.get(word) ?? 0) + 1)
}

/** The counts, which begin anew. */
function taken(counts: Counts): Readonly<Record<string, number>> | undefined {
  if (counts.size === 0) return undefined
  const reasons = Object.fromEntries(counts)
  counts.clear()
  return reasons
}
