import type { Clock, Principal, Store, TokenUse } from '@pairgate/core'
import type { Logger } from 'pino'
import { isDatabaseAway } from '../state/watch-database.ts'

export interface NoteUseDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Remembers when a token was last used, and writes it down in batches: a request must not wait for a
 * write, and losing the last minute of this in a crash harms nobody.
 */
export function createNoteUse({ store, clock, log }: NoteUseDeps) {
  const uses = new Map<string, TokenUse>()
  return {
    note(principal: Principal): void {
      if (principal.kind !== 'device') return
      const { tokenId, deviceId, remoteIp } = principal
      uses.set(tokenId, { tokenId, deviceId, at: clock.now(), ip: remoteIp })
    },
    async flush(): Promise<void> {
      if (uses.size === 0) return
      const batch = [...uses.values()]
      uses.clear()
      await store.noteTokenUse(batch).catch((error: unknown) => {
        // The next batch takes them along; what was used again meanwhile is newer.
        for (const use of batch) if (!uses.has(use.tokenId)) uses.set(use.tokenId, use)
        if (!isDatabaseAway(error)) log.warn({ err: error }, 'last use was not written')
      })
    },
  }
}

export type NoteUse = ReturnType<typeof createNoteUse>
