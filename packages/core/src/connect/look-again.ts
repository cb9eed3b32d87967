import { coversScopes, type DeviceId, type Instant } from '@pairgate/protocol'
import { deliverToken, presentToken } from '../domain/grant.ts'
import { NO_DEVICE } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { Store, StoreReader, StoreTransaction } from '../ports/store.ts'
import type { StandingTokens } from '../tokens/standing-tokens.ts'
import type { Admission } from './admission.ts'
import { isGuest } from './open-door.ts'

export interface LookAgainDeps {
  readonly store: Store
  readonly clock: Clock
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
  readonly tokens: Pick<StandingTokens, 'holds' | 'forget'>
}

/**
 * The look after the socket was registered. A revocation that fell between the first look and the
 * registration is seen here; a later one finds the socket in the registry. There is no third case.
 * A first delivery or proof of a secret, and a first proof that covers the origin, is written down here; a
 * proof ends what an older one was good for.
 */
export function createLookAgain({ store, clock, pairing, tokens }: LookAgainDeps) {
  const isBelieved = (token: Token) =>
    tokens.holds(token) && tokenState(token, clock.now(), pairing.idleTtlMs) === 'live'

  return async (admission: Admission): Promise<Result<Admission>> => {
    const { token, first } = admission
    if (!token)
      return (await isStillGuest(store.read, admission)) ? ok(admission) : refuse({ reason: 'gateway-busy' })
    const { firstOrigin } = token
    // What the first look found is still believed, so no event has spoken of it since.
    if (!first && !firstOrigin && isBelieved(token.record)) return ok(admission)
    const look = (read: StoreReader) =>
      lookAt(read, admission, { now: clock.now(), idleMs: pairing.idleTtlMs })
    const standing =
      first || firstOrigin
        ? await store.mutate(async (tx) => {
            const current = await look(tx)
            if (first && current && current.presentedAt === undefined)
              await tx.saveToken(noteFirst(current, first, clock.now()))
            if (current && firstOrigin) await noteOrigin(tx, current.deviceId, clock.now())
            return current
          })
        : await look(store.read)
    if (firstOrigin) tokens.forget(token.record.deviceId)
    return standing ? ok(admission) : refuse({ reason: 'gateway-busy' })
  }
}

/** Of one that nobody had decided about: that somebody has while it came in is found out here. */
async function isStillGuest(read: StoreReader, { principal }: Admission): Promise<boolean> {
  if (principal.kind !== 'unpaired' || principal.deviceId === NO_DEVICE) return true
  return isGuest(read, principal.deviceId, principal.role)
}

async function noteOrigin(tx: StoreTransaction, deviceId: DeviceId, now: Instant): Promise<void> {
  const device = await tx.findDevice(deviceId)
  if (device && device.originSignedAt === undefined) await tx.saveDevice({ ...device, originSignedAt: now })
}

function noteFirst(token: Token, first: 'proof' | 'delivery', now: Instant): Token {
  return first === 'proof' ? presentToken(token, now) : deliverToken(token, now)
}

/** The token as it is now, if it still carries what was admitted. */
async function lookAt(
  read: StoreReader,
  { principal, token }: Admission,
  { now, idleMs }: { readonly now: Instant; readonly idleMs: number | undefined },
): Promise<Token | undefined> {
  if (!token) return undefined
  const current = await read.findToken(token.record.deviceId, token.record.role)
  const { tokenId, sessionId, expiresAt } = token.record
  const stands = current?.tokenId === tokenId && tokenState(current, now, idleMs) === 'live'
  // The connection goes by the session and the deadline that were read first.
  const same = current?.sessionId === sessionId && current.expiresAt === expiresAt
  return stands && same && coversScopes(current.scopes, principal.scopes) ? current : undefined
}
