import { type DeviceId, EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { DeviceReach } from '../domain/device-page.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import type { Token } from '../domain/token.ts'
import type { StoreReader } from '../ports/store.ts'
import type { Actor } from './reread-actor.ts'

/** Home of a device that has no token anywhere. No id of a session looks like it. */
const NO_SESSION = 'none' as SessionId

/**
 * The session in which a device lies: the one that all its tokens open, revoked ones too, or `NO_SESSION`
 * for a stranger. `undefined` for one with tokens in several sessions, or in all: it is the business of
 * those alone who hold every session.
 */
export type Home = SessionId | undefined

export function homeOf(tokens: readonly Token[]): Home {
  const [first] = tokens
  if (!first) return NO_SESSION
  const { sessionId } = first
  return sessionId !== EVERY_SESSION && tokens.every((token) => token.sessionId === sessionId)
    ? sessionId
    : undefined
}

export async function findHome(read: StoreReader, id: DeviceId): Promise<Home> {
  return homeOf(await read.listTokens(id))
}

/**
 * Whether a device is any business of a principal. Its own always is; else a device that manages only
 * itself has none, and an admin of one session those devices that lie in it (design section 6).
 */
export function mayManage(principal: Principal, id: DeviceId, home: Home): boolean {
  if (principal.kind === 'device' && principal.deviceId === id) return true
  if (isSelfScoped(principal)) return false
  return principal.sessionId === EVERY_SESSION || principal.sessionId === home
}

/** The same for an open request: one of a stranger belongs to no session, and any admin may take it in. */
export function mayDecide(principal: Principal, id: DeviceId, home: Home): boolean {
  return mayManage(principal, id, home) || (home === NO_SESSION && !isSelfScoped(principal))
}

/**
 * The same for who invites: whatever device brings the secret, one of another session is none of the business of
 * somebody who holds one session (T43).
 */
export function mayTakeIn({ sessionId }: Pick<Actor, 'sessionId'>, home: Home): boolean {
  return sessionId === EVERY_SESSION || sessionId === home || home === NO_SESSION
}

/** The same for a search: all devices that `mayManage` would find. */
export function reachOf(principal: Principal): DeviceReach {
  const own = principal.kind === 'device' ? principal.deviceId : undefined
  if (isSelfScoped(principal)) return { own, home: undefined }
  return principal.sessionId === EVERY_SESSION ? 'all' : { own, home: principal.sessionId }
}
