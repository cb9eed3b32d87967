import type { DeviceId } from '@pairgate/protocol'
import { homeOf, mayManage } from '../access/home-session.ts'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import { nameOf } from '../domain/device.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide } from '../events/decide.ts'
import { closeInvitationsOf } from '../invitations/cancel-invitation.ts'
import { closeRequestsOf } from '../pairing/close-requests.ts'

/** Forgets a device with all its tokens and open requests; it must start anew, like any stranger. */
export function createRemoveDevice({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, deviceId: DeviceId): Promise<Result<DeviceId>> =>
    decide(principal, async (decision) => {
      const { tx, actor } = decision
      const own = !isSelfScoped(principal) || principal.deviceId === deviceId
      if (!own) return refuse({ reason: 'removal-denied' })
      const device = await tx.findDevice(deviceId)
      const tokens = await tx.listTokens(deviceId)
      const home = homeOf(tokens)
      if (!device || !mayManage(principal, deviceId, home))
        return refuse({ reason: 'device-unknown', deviceId })
      if (isSelfScoped(principal) && device.roles.some((role) => role !== 'operator'))
        return refuse({ reason: 'removal-denied' })

      if (await wouldLoseLastAdmin(tx, actor, { before: tokens, after: [] }, decision))
        return refuse({ reason: 'last-admin' })

      await tx.deleteDevice(deviceId)
      // Before the events of its requests, so that the device's gates are closed when those are told.
      const before = { name: nameOf(device), scopes: device.scopes }
      await decision.append({ kind: 'device-removed', deviceId, home }, { before })
      await closeRequestsOf(deviceId, decision, home)
      await closeInvitationsOf(deviceId, decision)
      return ok(deviceId)
    })
}
