import type { InvitationNews, InvitationView } from '@pairgate/core'
import type { SetupAccess, SetupCompletion } from '@pairgate/protocol/wire'
import { present } from './present.ts'

type Redeemed = Pick<InvitationView, 'invitation' | 'device'>

/** Who has redeemed an invitation, in the words of OpenClaw; `undefined` while nobody has. */
export function setupCompletion({ invitation, device }: Redeemed): SetupCompletion | undefined {
  const { id, redeemedBy, redeemedAt } = invitation
  if (redeemedBy === undefined || redeemedAt === undefined) return undefined
  const deviceName = device?.operatorLabel ?? device?.displayName
  return {
    setupId: id,
    deviceId: redeemedBy,
    ...present({ deviceName }),
    access: accessOf(invitation),
    ts: redeemedAt,
  }
}

/** The payload of `device.pair.setup.completed`. */
export function setupCompleted({ invitation, joined, at }: InvitationNews): SetupCompletion | undefined {
  if (!joined) return undefined
  const { id: deviceId, operatorLabel, displayName } = joined.device
  const deviceName = operatorLabel ?? displayName
  return {
    setupId: invitation.id,
    deviceId,
    ...present({ deviceName }),
    access: accessOf(invitation),
    ts: at,
  }
}

function accessOf({ roles, scopes }: InvitationView['invitation']): SetupAccess {
  if (!roles.includes('operator')) return 'node'
  return scopes.includes('operator.admin') ? 'full' : 'limited'
}
