import { EVERY_SESSION, MAIN_SESSION, type SessionId } from '@pairgate/protocol'
import type { EventActor } from '../domain/gateway-event.ts'
import { ok } from '../domain/result.ts'
import type { DecideAs } from '../events/decide.ts'
import type { Random } from '../ports/random.ts'
import type { StoreReader } from '../ports/store.ts'
import { ensureMain } from './manage-session.ts'

export interface FindMainDeps {
  readonly read: Pick<StoreReader, 'findSessionByKey'>
  readonly decideAs: DecideAs
  readonly random: Pick<Random, 'sessionId'>
}

/** The id of the session that is called `main`; made for who comes there first. */
export type FindMain = (by: EventActor) => Promise<SessionId>

export function createFindMain({ read, decideAs, random }: FindMainDeps): FindMain {
  return async (by) => {
    const there = await read.findSessionByKey(MAIN_SESSION)
    if (there) return there.id
    const actor = { ref: by.ref, scopes: [], isAdmin: false, isOwner: false, sessionId: EVERY_SESSION }
    const made = await decideAs({ by, standing: async () => ok(actor) }, async (decision) =>
      ok(await ensureMain(decision, random)),
    )
    if (!made.ok) throw new Error('the session main was refused')
    return made.value.id
  }
}
