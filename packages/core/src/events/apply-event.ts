import type { LoggedEvent } from '../domain/gateway-event.ts'
import type { LiveConnections, PairingNews } from '../ports/live-connections.ts'

/** What one fact means on this instance: first the gates close, then the news is told. */
export function createApplyEvent(live: LiveConnections) {
  return function applyEvent(logged: LoggedEvent): void {
    const { event, actor } = logged
    if (event.kind === 'device-removed') live.closeDevice(event.deviceId, undefined, actor.connId)
    const regranted = event.kind === 'pairing-approved' && event.endsConnections
    if (regranted || event.kind === 'token-rotated' || event.kind === 'token-revoked') {
      live.closeDevice(event.deviceId, event.role, actor.connId)
    }
    live.tell(newsOf(logged))
  }
}

function newsOf({ event, at }: LoggedEvent): PairingNews {
  const { deviceId } = event
  switch (event.kind) {
    case 'pairing-approved':
      return { kind: 'resolved', requestId: event.requestId, deviceId, decision: 'approved', at }
    case 'pairing-rejected':
    case 'pairing-superseded':
      return { kind: 'resolved', requestId: event.requestId, deviceId, decision: 'rejected', at }
    case 'device-renamed':
    case 'device-removed':
    case 'token-rotated':
    case 'token-revoked':
      return { kind: 'changed', deviceId }
  }
}
