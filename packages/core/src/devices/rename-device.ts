import type { DeviceId } from '@pairgate/protocol'
import { findHome, mayManage } from '../access/home-session.ts'
import { nameOf } from '../domain/device.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide } from '../events/decide.ts'

/** Gives a device the operator's own label; what the device calls itself stays beside it. */
export function createRenameDevice({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, deviceId: DeviceId, text: string): Promise<Result<string>> =>
    decide(principal, async ({ tx, append }) => {
      const label = text.trim()
      if (label === '') return refuse({ reason: 'label-blank' })
      if (isSelfScoped(principal) && principal.deviceId !== deviceId)
        return refuse({ reason: 'rename-denied' })
      const device = await tx.findDevice(deviceId)
      const home = await findHome(tx, deviceId)
      if (!device || !mayManage(principal, deviceId, home))
        return refuse({ reason: 'device-unknown', deviceId })

      await tx.saveDevice({ ...device, operatorLabel: label })
      await append(
        { kind: 'device-renamed', deviceId, home },
        { before: { name: nameOf(device) }, after: { name: label } },
      )
      return ok(label)
    })
}
