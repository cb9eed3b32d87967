import type { DeviceId, Role } from '@pairgate/protocol'
import type { Device } from '../domain/device.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'

export interface TokenTarget {
  readonly deviceId: DeviceId
  readonly role: Role
}

/**
 * The device and token that a principal may rotate or revoke, or `undefined`. Unknown, foreign and not
 * allowed are one answer: a device that manages only itself must not learn which others there are (T17).
 */
export async function findManaged(
  { tx, actor }: Decision,
  principal: Principal,
  target: TokenTarget,
): Promise<{ readonly device: Device; readonly token: Token } | undefined> {
  if (isSelfScoped(principal) && principal.deviceId !== target.deviceId) return undefined
  if (target.role !== 'operator' && !actor.isAdmin) return undefined
  const device = await tx.findDevice(target.deviceId)
  const token = await tx.findToken(target.deviceId, target.role)
  return device && token ? { device, token } : undefined
}
