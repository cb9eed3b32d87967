import { findKnownActors } from '../access/known-actors.ts'
import type { Device } from '../domain/device.ts'
import type { Principal } from '../domain/principal.ts'
import type { StoreReader } from '../ports/store.ts'

/** A device as a principal may see it. */
export interface ShownDevice extends Omit<Device, 'approvedBy'> {
  /** `undefined` for somebody of whom the principal may not know. */
  readonly approvedBy: string | undefined
}

/** Devices without the names of foreign approvers. */
export async function showDevices(
  read: Pick<StoreReader, 'listTokensOf'>,
  principal: Principal,
  devices: readonly Device[],
): Promise<readonly ShownDevice[]> {
  const isKnown = await findKnownActors(
    read,
    principal,
    devices.map(({ approvedBy }) => approvedBy),
  )
  return devices.map((device) => ({
    ...device,
    approvedBy: isKnown(device.approvedBy) ? device.approvedBy : undefined,
  }))
}
