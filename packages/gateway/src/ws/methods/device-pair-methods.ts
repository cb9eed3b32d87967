import { type Core, ok, refuse } from '@pairgate/core'
import { type DeviceId, parseDeviceId, type RequestId } from '@pairgate/protocol'
import type { ApproveResult, RejectResult, RemoveResult, RenameResult } from '@pairgate/protocol/wire'
import { deviceListPayload, pairedRow } from '../../wire/record-to-wire.ts'
import type { Handler } from './method-handlers.ts'

export interface DevicePairMethodsDeps {
  readonly core: Core
  readonly isConnected: (id: DeviceId) => boolean
  /** How long tokens may lie unused, by the settings. */
  readonly idleMs: () => number | undefined
}

export interface DevicePairMethods {
  readonly list: Handler<'device.pair.list'>
  readonly approve: Handler<'device.pair.approve'>
  readonly reject: Handler<'device.pair.reject'>
  readonly remove: Handler<'device.pair.remove'>
  readonly rename: Handler<'device.pair.rename'>
}

/** `device.pair.*`: parsed params in, rows of the wire out. */
export function createDevicePairMethods({
  core,
  isConnected,
  idleMs,
}: DevicePairMethodsDeps): DevicePairMethods {
  return {
    async list({ principal, extended }) {
      return ok(
        deviceListPayload(await core.listDevices(principal), isConnected, { extended, idleMs: idleMs() }),
      )
    },
    async approve({ principal, extended }, params) {
      const approved = await core.approveRequest(principal, {
        ...params,
        requestId: params.requestId as RequestId,
      })
      if (!approved.ok) return approved
      const { request, device, tokens, sessions } = approved.value
      const row = pairedRow(device, { tokens, sessions, connected: undefined, extended, idleMs: idleMs() })
      return ok({ requestId: request.id, device: row } satisfies ApproveResult)
    },
    async reject({ principal }, { requestId }) {
      const rejected = await core.rejectRequest(principal, requestId as RequestId)
      if (!rejected.ok) return rejected
      return ok({ requestId, deviceId: rejected.value.deviceId } satisfies RejectResult)
    },
    async remove({ principal }, params) {
      const deviceId = parseDeviceId(params.deviceId)
      if (!deviceId) return refuse({ reason: 'device-unknown', deviceId })
      const removed = await core.removeDevice(principal, deviceId)
      return removed.ok ? ok({ deviceId } satisfies RemoveResult) : removed
    },
    async rename({ principal }, params) {
      const deviceId = parseDeviceId(params.deviceId)
      if (!deviceId) return refuse({ reason: 'device-unknown', deviceId })
      const renamed = await core.renameDevice(principal, deviceId, params.label)
      return renamed.ok ? ok({ deviceId, label: renamed.value } satisfies RenameResult) : renamed
    },
  }
}
