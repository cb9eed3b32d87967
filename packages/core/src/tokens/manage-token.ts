import type { DeviceId, Role } from '@pairgate/protocol'
import { type Home, homeOf, mayManage } from '../access/home-session.ts'
import type { Device } from '../domain/device.ts'
import type { Principal } from '../domain/principal.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'

export interface TokenTarget {
  readonly deviceId: DeviceId
  readonly role: Role
}

interface Managed {
  readonly device: Device
  readonly token: Token
  readonly home: Home
}

/**
 * The device and token that a principal may rotate or revoke, or `undefined`. Unknown, foreign and not
 * allowed are one answer: nobody must learn from it which others there are (T17).
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
