import type { GatewaySession, MethodResult } from '@pairgate/client'
import { holds, useConsole } from '../console-context.ts'
import { type Live, useLive } from '../use-live.ts'

type PendingList = MethodResult<'device.pending'>
export type Request = PendingList['pending'][number]
export type DeviceRow = PendingList['devices'][number]
export type Invitation = MethodResult<'device.pair.invitations'>['invitations'][number]

export interface Pending extends PendingList {
  readonly invitations: readonly Invitation[]
}
export type Inbox = Live<Pending>

const HEARD =
  'device.pair.requested device.pair.resolved device.pair.changed device.pair.invitation device.pair.guessing'

/** Who wants in, wherever in the console one is. */
export function useInbox(): Inbox {
  const console = useConsole()
  return useLive(console.session, holds(console, 'operator.pairing') ? load : undefined, HEARD)
}

async function load(session: GatewaySession): Promise<Pending> {
  const [list, { invitations }] = await Promise.all([
    session.request('device.pending', {}),
    session.request('device.pair.invitations', {}),
  ])
  return { ...list, invitations }
}

export type Decision = 'approve' | 'reject' | 'confirm'

/** What a candidate has brought. */
export function invitationOf({ invitations }: Pending, { invitationId }: Request): Invitation | undefined {
  return invitations.find(({ id }) => id === invitationId)
}

/** The device as it is paired already, if it is. */
export function knownOf({ devices }: Pending, { deviceId }: Request): DeviceRow | undefined {
  return devices.find((device) => device.deviceId === deviceId)
}
