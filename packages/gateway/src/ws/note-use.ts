import type { Clock, Principal, Store, TokenUse } from '@pairgate/core'
import type { Logger } from 'pino'
import type { LiveConfig } from '../config/live-config.ts'
import { isDatabaseAway } from '../state/watch-database.ts'

export interface NoteUseDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly settings: LiveConfig
  /** Who is connected. */
  readonly principals: () => readonly Principal[]
}

/**
 * Remembers when a token was last used, and writes it down in batches: a request must not wait for a
 * write, and losing the last minute of this in a crash harms nobody.
 */
export function createNoteUse({ store, clock, log, settings, principals }: NoteUseDeps) {
  const uses = new Map<string, TokenUse>()
  function note(principal: Principal): void {
    if (principal.kind !== 'device') return
    const { tokenId, deviceId, remoteIp } = principal
    uses.set(tokenId, { tokenId, deviceId, at: clock.now(), ip: remoteIp })
  }
  /** A connection that stands is in use, also if nothing is asked over it; of interest where idle tokens run out. */
  function noteLive(): void {
    if (settings.config.pairing.idleTtlMs === undefined) return
    for (const principal of principals()) note(principal)
  }
  async function flush(): Promise<void> {
    if (uses.size === 0) return
    const batch = [...uses.values()]
    uses.clear()
    await store.noteTokenUse(batch).catch((error: unknown) => {
      // The next batch takes them along; what was used again meanwhile is newer.
      for (const use of batch) if (!uses.has(use.tokenId)) uses.set(use.tokenId, use)
      if (!isDatabaseAway(error)) log.warn({ err: error }, 'last use was not written')
    })
  }
  settings.onChange((before, after) => {
    if (before.pairing.idleTtlMs === after.pairing.idleTtlMs) return
    noteLive()
    void flush()
  })
  return { note, noteLive, flush }
}

export type NoteUse = ReturnType<typeof createNoteUse>
