import type { Log } from '../platform/log.ts'

/** What was refused, by reason, in one line from time to time: strangers must not be able to write a line each. */
export interface RefusalSummary {
  /** The reason is a word of ours. */
  count(what: 'upgrades' | 'handshakes' | 'requests', reason: string): void
  /** Writes the line, if there was anything, and begins anew. */
  write(): void
}

type Counts = Map<string, number>

export function createRefusalSummary(log: Log): RefusalSummary {
  const refused = { upgrades: new Map(), handshakes: new Map(), requests: new Map() } satisfies Record<
    string,
    Counts
  >
  return {
    count(what, reason) {
      const counts: Counts = refused[what]
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    },
    write() {
      const fields = {
        upgrades: taken(refused.upgrades),
        handshakes: taken(refused.handshakes),
        requests: taken(refused.requests),
      }
      if (Object.values(fields).some((reasons) => reasons !== undefined))
        log.info(fields, 'refused in the last minute')
    },
  }
}

/** The counts, which begin anew. */
function taken(counts: Counts): Readonly<Record<string, number>> | undefined {
  if (counts.size === 0) return undefined
  const reasons = Object.fromEntries(counts)
  counts.clear()
  return reasons
}
