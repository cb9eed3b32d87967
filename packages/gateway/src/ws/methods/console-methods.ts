import { type Core, type DeviceOrder, ok, refuse } from '@pairgate/core'
import { parseDeviceId } from '@pairgate/protocol'
import type { DeviceHistory, DevicePage, DeviceRow, PendingList } from '@pairgate/protocol/wire'
import type { Figures } from '../../metrics/figures.ts'
import { deviceEvent } from '../../wire/event-to-wire.ts'
import { readCursor, writeCursor } from '../../wire/page-cursor.ts'
import { type PairedContext, pairedRow, pendingRow } from '../../wire/record-to-wire.ts'
import type { ConnectionRegistry } from '../connection-registry.ts'
import type { Handler } from './method-handlers.ts'

export interface ConsoleMethodsDeps {
  readonly core: Pick<Core, 'pageDevices' | 'listPending' | 'readDeviceHistory'>
  readonly figures: Pick<Figures, 'read'>
  readonly registry: Pick<ConnectionRegistry, 'ofDevice' | 'deviceIds'>
  /** How long tokens may lie unused, by the settings. */
  readonly idleMs: () => number | undefined
}

export interface ConsoleMethods {
  readonly page: Handler<'device.page'>
  readonly history: Handler<'device.history'>
  readonly pending: Handler<'device.pending'>
  readonly figures: Handler<'gateway.figures'>
}

const PAGE_ROWS = 50
const SHOWN_MINUTES = 60

/** What a console asks for. */
export function createConsoleMethods({
  core,
  figures,
  registry,
  idleMs,
}: ConsoleMethodsDeps): ConsoleMethods {
  type Listed = Parameters<typeof pairedRow>[0]
  function rowOf(device: Listed, known: Pick<PairedContext, 'tokens' | 'sessions'>): DeviceRow {
    const connections = registry.ofDevice(device.id).length
    const context = { ...known, connected: connections > 0, extended: true, idleMs: idleMs() }
    return { ...pairedRow(device, context), connections }
  }

  return {
    async page(
      { principal },
      { cursor, limit = PAGE_ROWS, sort = 'name', order = 'asc', connected, ...choice },
    ) {
      const sorted = { sort, descending: order === 'desc' } satisfies Partial<DeviceOrder>
      const after = cursor === undefined ? undefined : readCursor(cursor, sorted)
      if (cursor !== undefined && !after) return refuse({ reason: 'cursor-invalid' })
      const found = await core.pageDevices(principal, {
        ...sorted,
        after,
        limit,
        search: choice.search,
        state: choice.state,
        role: choice.role,
        session: choice.session,
        connected: connected === undefined ? undefined : { is: connected, ids: registry.deviceIds() },
      })
      if (!found.ok) return found
      const { devices, sessions, next, total, isTotalCut } = found.value
      return ok({
        devices: devices.map(({ device, tokens }) => rowOf(device, { tokens, sessions })),
        ...(next && { next: writeCursor(next, sorted) }),
        total,
        ...(isTotalCut && { totalIsCut: true }),
      } satisfies DevicePage)
    },
    async history({ principal }, { deviceId: text, cursor, limit = PAGE_ROWS }) {
      const deviceId = parseDeviceId(text)
      if (!deviceId) return refuse({ reason: 'device-unknown', deviceId })
      const found = await core.readDeviceHistory(principal, { deviceId, after: cursor, limit })
      if (!found.ok) return found
      const { sessions, hasMore } = found.value
      const events = found.value.events.map((event) => deviceEvent(event, sessions))
      const last = events.at(-1)
      return ok({ events, ...(hasMore && last && { next: last.id }) } satisfies DeviceHistory)
    },
    async figures(_connection, { minutes = SHOWN_MINUTES, step = 1 }) {
      return ok(figures.read(minutes, step))
    },
    async pending({ principal }) {
      const { pending, paired, sessions, madeRoomAt } = await core.listPending(principal)
      return ok({
        pending: pending.map(({ request, isRepair }) => pendingRow(request, isRepair, true)),
        devices: paired.map(({ device, tokens }) => rowOf(device, { tokens, sessions })),
        ...(madeRoomAt !== undefined && { madeRoomAtMs: madeRoomAt }),
      } satisfies PendingList)
    },
  }
}
