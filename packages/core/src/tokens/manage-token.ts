import { coversScopes, type DeviceId, EVERY_SESSION, type Role, type Scope } from '@pairgate/protocol'
import { type Home, homeOf, mayManage } from '../access/home-session.ts'
import type { Actor } from '../access/reread-actor.ts'
import type { Device } from '../domain/device.ts'
import type { Principal } from '../domain/principal.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'

export interface TokenTarget {
  readonly deviceId: DeviceId
  readonly role: Role
}

/** A token with what is around it. */
export interface Managed {
  readonly device: Device
  readonly token: Token
  readonly home: Home
}

/**
 * The device and token that a principal may rotate, revoke, extend or move, or `undefined`. Unknown, foreign and
 * not allowed are one answer: nobody must learn from it which others there are (T17).
 */
export async function findManaged(
  { tx, actor }: Decision,
  principal: Principal,
  target: TokenTarget,
): Promise<Managed | undefined> {
  if (target.role !== 'operator' && !actor.isAdmin) return undefined
  const device = await tx.findDevice(target.deviceId)
  const tokens = await tx.listTokens(target.deviceId)
  const token = tokens.find(({ role }) => role === target.role)
  const home = homeOf(tokens)
  return device && token && mayManage(principal, device.id, home) ? { device, token, home } : undefined
}

/**
 * The ceiling of the whole token: whoever gives it a new life, or a new place, answers for all that it holds
 * and will hold, so nothing is carried along that the caller lacks, nor out of a session that it may not
 * open (T16).
 */
export function holdsWhole(actor: Actor, token: Token, wanted: readonly Scope[] = []): boolean {
  const opens = actor.sessionId === EVERY_SESSION || actor.sessionId === token.sessionId
  return opens && coversScopes(actor.scopes, [...token.scopes, ...wanted])
}

/** Whether a device works on a token of its own, whatever it is allowed to do with others. */
export function isOwnDevice(principal: Principal, { deviceId }: TokenTarget): boolean {
  return principal.kind === 'device' && principal.deviceId === deviceId
}
