import type { DeviceId } from '@pairgate/protocol'
import { writeWrongTries } from '../domain/wrong-tries.ts'
import { createRerun } from '../events/one-by-one.ts'
import type { CodeLimiter, CodeTry } from '../limits/code-limiter.ts'
import type { Clock } from '../ports/clock.ts'
import type { Feed } from '../ports/feed.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { Store } from '../ports/store.ts'

/** Under this name the database keeps how many wrong codes count. */
export const WRONG_CODES = 'wrong-codes'

export interface NoteWrongCodeDeps {
  readonly limiter: CodeLimiter
  readonly store: Pick<Store, 'mutate'>
  readonly feed: Feed
  readonly live: Pick<LiveConnections, 'tell'>
  readonly clock: Pick<Clock, 'now'>
}

/** A try was wrong. Resolves when that is written down: no crash forgets what was answered. */
export type WrongCode = (
  codeTry: CodeTry,
  from: { readonly deviceId: DeviceId; readonly peer: { readonly prefix: string } },
) => Promise<void>

export function createNoteWrongCode({ limiter, store, feed, live, clock }: NoteWrongCodeDeps): WrongCode {
  // Many at once share a write, so a flood does not queue up before those who decide.
  const write = createRerun(() =>
    store.mutate((tx) => tx.saveMeta(WRONG_CODES, writeWrongTries(limiter.wrongTries()))),
  )
  return async (codeTry, { deviceId, peer: { prefix } }) => {
    const { wrongTries, demotes } = codeTry.wrong()
    feed.note({ kind: 'code-guessed', prefix, deviceId })
    if (demotes) {
      feed.note({ kind: 'codes-demoted', prefix: 'everybody' })
      live.tell({ kind: 'guessing', wrongTries: wrongTries.count, at: clock.now() })
    }
    await write()
  }
}
