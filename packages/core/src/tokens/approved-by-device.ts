import type { DeviceId } from '@pairgate/protocol'
import { homeOf, mayManage } from '../access/home-session.ts'
import type { Device } from '../domain/device.ts'
import type { Principal } from '../domain/principal.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'

export interface ApprovedDevice {
  readonly device: Device
  /** Those that nobody has revoked. */
  readonly tokens: readonly Token[]
}

/**
 * The devices that a device was the last to let in and whose tokens stand, then those that these let in, and
 * so on: what goes when it turns out that somebody else held its key. Whoever asks stands for itself and for
 * what it let in. Devices that are none of its business are not told of; roles that only an admin manages
 * count for an admin alone.
 */
export async function approvedByDevice(
  { tx, actor }: Pick<Decision, 'tx' | 'actor'>,
  principal: Principal,
  root: Device,
): Promise<readonly ApprovedDevice[]> {
  const seen = new Set<DeviceId>([root.id])
  if (principal.kind === 'device') seen.add(principal.deviceId)
  const found: ApprovedDevice[] = []
  const next = [root.id]
  for (let by = next.shift(); by; by = next.shift()) {
    for (const device of await tx.listDevicesApprovedBy(`device:${by}`)) {
      if (seen.has(device.id)) continue
      seen.add(device.id)
      next.push(device.id)
      const tokens = await tx.listTokens(device.id)
      if (!mayManage(principal, device.id, homeOf(tokens))) continue
      const standing = tokens.filter(
        ({ role, revokedAt }) => revokedAt === undefined && (role === 'operator' || actor.isAdmin),
      )
      if (standing.length > 0) found.push({ device, tokens: standing })
    }
  }
  return found
}
