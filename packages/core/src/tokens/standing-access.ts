import type { DeviceId, TokenHash } from '@pairgate/protocol'
import type { AccessToken } from '../domain/access-token.ts'
import type { LoggedEvent } from '../domain/gateway-event.ts'
import type { Token } from '../domain/token.ts'
import type { Following } from '../events/event-follower.ts'
import type { StoreReader } from '../ports/store.ts'

/** How many access tokens are remembered; those used last stay. */
const REMEMBERED = 10_000

/** An access token and the token that it came from, as they were read together. */
export interface FoundAccess {
  readonly access: AccessToken
  readonly parent: Token | undefined
}

export interface StandingAccessDeps {
  readonly read: Pick<StoreReader, 'findAccessToken' | 'findToken'>
  readonly following: Following
}

/**
 * Access tokens by the hash of their secret, with their parents. As with device tokens they are believed
 * only while the follower is close, and forgotten when an event speaks of their device; but here nobody
 * looks again, so what was read while an event was applied is read once more.
 */
export interface StandingAccess {
  /** Answers at once, without a read, for what may be believed. */
  find(hash: TokenHash): FoundAccess | undefined | Promise<FoundAccess | undefined>
  /** Reads it anew, whatever is remembered: last use is written down without an event. */
  read(hash: TokenHash): Promise<FoundAccess | undefined>
  /** What is remembered of this device may be gone, without an event that says so. */
  forget(deviceId: DeviceId): void
  /** An event is being applied. */
  hear(logged: LoggedEvent): void
  /** Nothing that was read can be believed any more. */
  clear(): void
}

export function createStandingAccess({ read, following }: StandingAccessDeps): StandingAccess {
  const byHash = new Map<TokenHash, FoundAccess>()
  const hashesOf = new Map<DeviceId, Set<TokenHash>>()
  let newest: FoundAccess | undefined

  function drop(hash: TokenHash, { access }: FoundAccess): void {
    byHash.delete(hash)
    const own = hashesOf.get(access.deviceId)
    own?.delete(hash)
    if (own?.size === 0) hashesOf.delete(access.deviceId)
  }
  function remember(found: FoundAccess): void {
    const { hash, deviceId } = found.access
    byHash.set(hash, found)
    newest = found
    hashesOf.set(deviceId, (hashesOf.get(deviceId) ?? new Set()).add(hash))
    const [oldest] = byHash.size > REMEMBERED ? byHash : []
    if (oldest) drop(...oldest)
  }
  function forget(deviceId: DeviceId): void {
    for (const hash of hashesOf.get(deviceId) ?? []) byHash.delete(hash)
    hashesOf.delete(deviceId)
  }
  function clear(): void {
    byHash.clear()
    hashesOf.clear()
  }
  async function load(hash: TokenHash): Promise<FoundAccess | undefined> {
    for (;;) {
      const before = following.cursor
      const access = await read.findAccessToken(hash)
      if (!access) return undefined
      // The parent second: read before it, it could be one that a revocation in between has ended.
      const parent = await read.findToken(access.deviceId, access.role)
      if (following.cursor !== before) continue
      remember({ access, parent })
      return { access, parent }
    }
  }
  return {
    find(hash) {
      const found = following.isCurrent ? byHash.get(hash) : undefined
      if (!found) return load(hash)
      if (found === newest) return found
      // Taken out and put back, so that the map's order is the order of last use.
      byHash.delete(hash)
      byHash.set(hash, found)
      newest = found
      return found
    },
    read: load,
    forget,
    hear({ event }) {
      if (event.kind === 'details-erased' || event.kind === 'log-pruned') return
      if ('deviceId' in event) forget(event.deviceId)
      else clear()
    },
    clear,
  }
}
