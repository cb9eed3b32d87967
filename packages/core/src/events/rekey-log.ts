import { EVERY_SESSION, SCOPES } from '@pairgate/protocol'
import type { EventActor, EventHead } from '../domain/gateway-event.ts'
import { rotateToken } from '../domain/grant.ts'
import { closeInvitationsOf } from '../invitations/cancel-invitation.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'
import type { DrawSecret } from '../tokens/draw-secret.ts'
import type { AppendEvent } from './append-event.ts'
import type { Decision } from './decide.ts'

export interface RekeyLogDeps {
  readonly store: Store
  readonly clock: Clock
  /** Seals with the new key. */
  readonly appendEvent: AppendEvent
  /** Derives from the new key. */
  readonly drawSecret: DrawSecret
}

/** What a change of keys has done. */
export interface Rekeyed {
  readonly head: EventHead
  readonly rotatedTokens: number
}

/** The gateway stands still, so there is no connection that anything is done on. */
const HOST: EventActor = { ref: 'owner', via: 'host', connId: 'rekey', remoteIp: undefined }
const OWNER = {
  ref: HOST.ref,
  scopes: SCOPES,
  isAdmin: true,
  isOwner: true,
  sessionId: EVERY_SESSION,
} as const

/**
 * Puts every token that stands, also one that ran out, on a secret of the new key, as a rotation does: the
 * device fetches it with the last secret that it had, and its key. Codes are hashed with the old key and
 * open nothing any more, so invitations end. `note` writes in the same transaction which key belongs to
 * the database now.
 */
export function createRekeyLog({ store, clock, appendEvent, drawSecret }: RekeyLogDeps) {
  return (note: (tx: StoreTransaction) => Promise<void>): Promise<Rekeyed> =>
    store.mutate(async (tx) => {
      const now = clock.now()
      const decision: Decision = {
        tx,
        now,
        idleMs: undefined,
        pairing: { defaultSession: 'own', tokenTtlMs: undefined, idleTtlMs: undefined },
        actor: OWNER,
        append: (event, change = {}) => appendEvent(tx, { event, change, actor: HOST, at: now }),
      }
      const standing = (await tx.listTokens()).filter(({ revokedAt }) => revokedAt === undefined)
      await decision.append({ kind: 'keys-changed' }, { after: { count: standing.length } })
      for (const token of standing) {
        const fresh = rotateToken(token, drawSecret(), token.scopes, now)
        const { deviceId, role, tokenId } = fresh
        await tx.saveToken(fresh)
        await decision.append({ kind: 'token-rotated', deviceId, role, tokenId })
      }
      await closeInvitationsOf(undefined, decision)
      await note(tx)
      return { head: await tx.eventHead(), rotatedTokens: standing.length }
    })
}
