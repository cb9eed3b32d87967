import type { DeviceId, TokenHash } from '@pairgate/protocol'
import type { LoggedEvent } from '../domain/gateway-event.ts'
import { idleDeadline, type Token } from '../domain/token.ts'
import type { Following } from '../events/event-follower.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { FoundToken, StoreReader } from '../ports/store.ts'

/** How many tokens are remembered; those used last stay. */
const REMEMBERED = 10_000

export interface StandingTokensDeps {
  readonly read: Pick<StoreReader, 'findTokenByHash'>
  readonly following: Following
  readonly clock: Pick<Clock, 'now'>
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
}

/**
 * Tokens that were proved before, by the hash of their secret. Remembered as long as no event speaks of
 * their device, believed only while the follower is close behind the log; else the store is asked.
 */
export interface StandingTokens {
  /** Resolves at once, without a read, for what may be believed. */
  find(hash: TokenHash): FoundToken | undefined | Promise<FoundToken | undefined>
  /** Whether this very record is remembered and may be believed at this moment. */
  holds(token: Token): boolean
  /** What is remembered of this device, or is being read for it, is no longer true. */
  forget(deviceId: DeviceId): void
  /** An event is being applied. */
  hear(logged: LoggedEvent): void
  /** Nothing that was read can be believed any more. */
  clear(): void
}

export function createStandingTokens({
  read,
  following,
  clock,
  pairing,
}: StandingTokensDeps): StandingTokens {
  const byHash = new Map<TokenHash, FoundToken>()
  // One for each role of the device.
  const hashesOf = new Map<DeviceId, readonly TokenHash[]>()
  let drops = 0

  function remember(found: FoundToken): void {
    const { deviceId, role, tokenHash } = found.token
    const own = hashesOf.get(deviceId) ?? []
    const isOlder = (hash: TokenHash) => byHash.get(hash)?.token.role === role
    for (const hash of own.filter(isOlder)) byHash.delete(hash)
    const others = own.filter((hash) => byHash.has(hash))
    hashesOf.set(deviceId, others.length === 0 ? [tokenHash] : [...others, tokenHash])
    byHash.set(tokenHash, found)
    const oldest = byHash.size > REMEMBERED ? byHash.values().next().value : undefined
    if (oldest) forget(oldest.token.deviceId)
  }
  function forget(deviceId: DeviceId): void {
    for (const hash of hashesOf.get(deviceId) ?? []) byHash.delete(hash)
    hashesOf.delete(deviceId)
  }
  function clear(): void {
    byHash.clear()
    hashesOf.clear()
  }
  function looksIdle(token: Token): boolean {
    const end = idleDeadline(token, pairing.idleTtlMs)
    return end !== undefined && clock.now() >= end
  }
  async function load(hash: TokenHash): Promise<FoundToken | undefined> {
    const before = following.cursor
    const dropsBefore = drops
    const found = await read.findTokenByHash(hash)
    // An event that was applied meanwhile may have spoken of this row, which was read before it.
    const isFresh = following.cursor === before && drops === dropsBefore
    if (found && isSettled(found) && isFresh) remember(found)
    return found
  }
  return {
    find(hash) {
      const found = following.isCurrent ? byHash.get(hash) : undefined
      // Its row may have been used since: that is no event, so only the store can tell.
      if (!found || looksIdle(found.token)) return load(hash)
      // Taken out and put back, so that the map's order is the order of last use.
      byHash.delete(hash)
      byHash.set(hash, found)
      return found
    },
    holds: (token) => following.isCurrent && byHash.get(token.tokenHash)?.token === token,
    forget(deviceId) {
      drops += 1
      forget(deviceId)
    },
    hear({ event }) {
      if (isOfNoToken(event)) return
      if ('deviceId' in event) forget(event.deviceId)
      else clear()
    },
    clear,
  }
}

type OfNoToken = Exclude<LoggedEvent['event'], { deviceId: DeviceId } | { kind: 'log-recovered' }>

/** Of the log's own past, of an invitation, or of a session, whose tokens have events of their own. */
function isOfNoToken(event: LoggedEvent['event']): event is OfNoToken {
  const isAboutSession = 'sessionId' in event
  const isInvitation = event.kind === 'invitation-created' || event.kind === 'invitation-cancelled'
  return isAboutSession || isInvitation || event.kind === 'details-erased' || event.kind === 'log-pruned'
}

/** A first proof is written to the row without an event, so a row is remembered only after it. */
function isSettled({ token, as }: FoundToken): boolean {
  return as === 'current' && token.presentedAt !== undefined && token.revokedAt === undefined
}
