import type { EventHead } from '../domain/gateway-event.ts'
import { rotateToken } from '../domain/grant.ts'
import { closeInvitationsOf } from '../invitations/cancel-invitation.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'
import type { DrawSecret } from '../tokens/draw-secret.ts'
import type { AppendEvent } from './append-event.ts'
import { createDecideOnHost } from './decide-on-host.ts'

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

/**
 * Puts every token that stands, also one that ran out, on a secret of the new key, as a rotation does: the
 * device fetches it with the last secret that it had, and its key. Codes are hashed with the old key and
 * open nothing any more, so invitations end. `note` writes in the same transaction which key belongs to
 * the database now.
 */
export function createRekeyLog({ drawSecret, ...deps }: RekeyLogDeps) {
  const decideOnHost = createDecideOnHost(deps, 'rekey')
  return (note: (tx: StoreTransaction) => Promise<void>): Promise<Rekeyed> =>
    decideOnHost(async (decision) => {
      const { tx, now, append } = decision
      const standing = (await tx.listTokens()).filter(({ revokedAt }) => revokedAt === undefined)
      await append({ kind: 'keys-changed' }, { after: { count: standing.length } })
      for (const token of standing) {
        const fresh = rotateToken(token, drawSecret(), token.scopes, now)
        const { deviceId, role, tokenId } = fresh
        await tx.saveToken(fresh)
        await append({ kind: 'token-rotated', deviceId, role, tokenId })
      }
      await closeInvitationsOf(undefined, decision)
      await note(tx)
      return { head: await tx.eventHead(), rotatedTokens: standing.length }
    })
}
