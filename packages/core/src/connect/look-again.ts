import { coversScopes, type Instant } from '@pairgate/protocol'
import { presentToken } from '../domain/grant.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, StoreReader } from '../ports/store.ts'
import type { Admission } from './admission.ts'

/**
 * The look after the socket was registered. A revocation that fell between the first look and the
 * registration is seen here; a later one finds the socket in the registry. There is no third case.
 * A first proof of a secret is written down here, and ends what an older secret was good for.
 */
export function createLookAgain({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
  return async (admission: Admission): Promise<Result<Admission>> => {
    const { token, firstProof } = admission
    if (!token) return ok(admission)
    const standing = firstProof
      ? await store.mutate((tx) => noteFirstProof(tx, admission, clock.now()))
      : stands(await reread(store.read, token.record), admission, clock.now())
    return standing ? ok(admission) : refuse({ reason: 'gateway-busy' })
  }

  async function noteFirstProof(
    tx: StoreReader & { saveToken(token: Token): Promise<void> },
    admission: Admission,
    now: Instant,
  ): Promise<boolean> {
    const current = admission.token && (await reread(tx, admission.token.record))
    if (!current || !stands(current, admission, now)) return false
    if (current.presentedAt === undefined) await tx.saveToken(presentToken(current, now))
    return true
  }
}

function reread(read: StoreReader, { deviceId, role }: Token): Promise<Token | undefined> {
  return read.findToken(deviceId, role)
}

function stands(current: Token | undefined, { principal, token }: Admission, now: Instant): boolean {
  if (!current || current.tokenId !== token?.record.tokenId) return false
  return tokenState(current, now) === 'live' && coversScopes(current.scopes, principal.scopes)
}
