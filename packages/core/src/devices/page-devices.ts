import type { DeviceId, Role, SessionId } from '@pairgate/protocol'
import { EVERY_SESSION } from '@pairgate/protocol'
import { reachOf } from '../access/home-session.ts'
import type { Device } from '../domain/device.ts'
import {
  type DeviceChoice,
  type DeviceOrder,
  type DevicePlace,
  foldText,
  MOST_COUNTED,
} from '../domain/device-page.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import type { Token, TokenState } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { StoreReader } from '../ports/store.ts'
import { findNamedSession } from '../sessions/find-session.ts'
import { type ShownDevice, showDevices } from './shown-device.ts'

/** What somebody looks for. */
export interface DeviceSearch extends DeviceOrder {
  readonly search: string | undefined
  readonly state: TokenState | undefined
  readonly connected: DeviceChoice['connected']
  readonly role: Role | undefined
  /** Key of a session, or `*`. */
  readonly session: string | undefined
}

export interface DevicePage {
  readonly devices: readonly { readonly device: ShownDevice; readonly tokens: readonly Token[] }[]
  /** Those that the tokens open. */
  readonly sessions: ReadonlyMap<string, Session>
  /** Where the next page begins, unless this was the last. */
  readonly next: DevicePlace | undefined
  readonly total: number
  /** There are at least as many. */
  readonly isTotalCut: boolean
}

export interface PageDevicesDeps {
  readonly read: StoreReader
  readonly clock: Pick<Clock, 'now'>
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
}

/** A part of the paired devices that a principal may see. What is counted is cut to the same. */
export function createPageDevices({ read, clock, pairing }: PageDevicesDeps) {
  return async (principal: Principal, asked: DeviceSearch): Promise<Result<DevicePage>> => {
    const session =
      asked.session === undefined ? undefined : await namedSession(read, principal, asked.session)
    if (asked.session !== undefined && session === undefined) return refuse({ reason: 'session-unknown' })
    const { state, connected, role, limit, ...order } = asked
    const search = foldText(asked.search?.trim() ?? '') || undefined
    const times = { now: clock.now(), idleMs: pairing.idleTtlMs }
    const choice = { reach: reachOf(principal), search, state, connected, role, session, ...times }
    // One more than asked for says whether there are more.
    const { devices: found, total } = await read.pageDevices(choice, { ...order, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const rows = await withTokens(
      read,
      principal,
      shown.map(({ device }) => device),
    )
    const next = found.length > limit ? shown.at(-1)?.place : undefined
    return ok({ ...rows, next, total: Math.min(total, MOST_COUNTED), isTotalCut: total > MOST_COUNTED })
  }
}

/** `*` means tokens that open every session, and is a name only for who holds one of them. */
async function namedSession(
  read: StoreReader,
  principal: Principal,
  name: string,
): Promise<SessionId | undefined> {
  if (name === EVERY_SESSION && principal.sessionId === EVERY_SESSION) return EVERY_SESSION
  return (await findNamedSession(read, principal, name))?.id
}

/** Devices as a principal may see them, with their tokens, and the sessions that these open. */
export async function withTokens(
  read: StoreReader,
  principal: Principal,
  devices: readonly Device[],
): Promise<Pick<DevicePage, 'devices' | 'sessions'>> {
  const tokens = await read.listTokensOf(devices.map(({ id }): DeviceId => id))
  const sessions = await read.findSessions([...new Set(tokens.map(({ sessionId }) => sessionId))])
  const tokensOf = Map.groupBy(tokens, ({ deviceId }) => deviceId)
  const shown = await showDevices(read, principal, devices)
  return {
    devices: shown.map((device) => ({ device, tokens: tokensOf.get(device.id) ?? [] })),
    sessions: new Map(sessions.map((session) => [session.id, session])),
  }
}
