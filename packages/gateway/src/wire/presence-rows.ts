import type { DeviceMetadata, Principal } from '@pairgate/core'
import type { PresenceRow } from '@pairgate/protocol/wire'

/** The gateway's own row; with the machine's name for those who may know it. */
export function gatewayRow(version: string, startedAt: number, host: string | undefined): PresenceRow {
  const text = `Gateway${host ? `: ${host}` : ''} · app ${version} · mode gateway`
  return { ...(host && { host }), version, mode: 'gateway', reason: 'self', text, ts: startedAt }
}

export interface PresentConnection {
  readonly principal: Principal
  readonly metadata: DeviceMetadata
  readonly since: number
}

/** One row for the connections of one device, oldest first, or for one without a device; none for none. */
export function presenceRow(connections: readonly PresentConnection[]): PresenceRow | undefined {
  const newest = connections.at(-1)
  if (!newest) return undefined
  const { principal, since } = newest
  const { displayName, platform, deviceFamily, clientId, clientMode: mode } = newest.metadata
  const host = displayName ?? clientId
  const scopes = new Set(connections.flatMap((each) => each.principal.scopes))
  return {
    ...(host && { host, text: mode ? `${host} · mode ${mode}` : host }),
    ...(principal.remoteIp && { ip: principal.remoteIp }),
    ...(platform && { platform }),
    ...(deviceFamily && { deviceFamily }),
    ...(mode && { mode }),
    ...(principal.kind === 'device' && { deviceId: principal.deviceId }),
    roles: [...new Set(connections.map((each) => each.principal.role))].sort(),
    ...(scopes.size > 0 && { scopes: [...scopes].sort() }),
    reason: 'connect',
    ts: since,
  }
}
