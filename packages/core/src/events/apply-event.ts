import type { LoggedEvent } from '../domain/gateway-event.ts'
import type { LiveConnections, PairingNews } from '../ports/live-connections.ts'
import type { StandingTokens } from '../tokens/standing-tokens.ts'

export interface ApplyEventDeps {
  readonly live: LiveConnections
  /** What was read before and may have to be forgotten. */
  readonly remembered: readonly Pick<StandingTokens, 'hear'>[]
}

/** What one fact means on this instance: what was remembered is forgotten, the gates close, the news is told. */
export function createApplyEvent({ live, remembered }: ApplyEventDeps) {
  return function applyEvent(logged: LoggedEvent): void {
    const { event, connId } = logged
    // First, so that who connects on what was remembered was registered before, and is found below.
    for (const each of remembered) each.hear(logged)
    // Before the tokens that went with it, so that those who are cut off read why.
    if (event.kind === 'session-deleted') live.closeSession(event.sessionId, connId)
    if (event.kind === 'device-removed') live.closeDevice(event.deviceId, undefined, connId)
    if (event.kind === 'pairing-rejected' || event.kind === 'token-revoked')
      live.closeUnpaired(event.deviceId, connId)
    if (endsConnectionsOfRole(event)) live.closeDevice(event.deviceId, event.role, connId)
    if (event.kind === 'token-extended' && event.ends !== 'erased')
      live.setDeadline(event.deviceId, event.role, event.ends === 'never' ? undefined : event.ends)
    const news = newsOf(logged)
    if (news) live.tell(news)
  }
}

type OfToken = Extract<LoggedEvent['event'], { tokenId: unknown }>

/** What a connection came with does not hold any more, or nobody can tell what holds instead. */
function endsConnectionsOfRole(event: LoggedEvent['event']): event is OfToken {
  if ('endsConnections' in event) return event.endsConnections
  if (event.kind === 'token-extended') return event.ends === 'erased'
  return event.kind === 'token-rotated' || event.kind === 'token-revoked' || event.kind === 'token-moved'
}

const CHANGES = {
  'device-imported': 'joined',
  'device-renamed': 'renamed',
  'device-removed': 'removed',
  'invitation-redeemed': 'joined',
  'token-rotated': 'rotated',
  'token-revoked': 'revoked',
  'token-extended': 'extended',
  'token-moved': 'moved',
} as const

function newsOf({ event, at }: LoggedEvent): PairingNews | undefined {
  switch (event.kind) {
    case 'pairing-approved':
      return { kind: 'resolved', ...about(event), decision: 'approved', at }
    case 'pairing-rejected':
    case 'pairing-superseded':
      return { kind: 'resolved', ...about(event), decision: 'rejected', at }
    case 'device-renamed':
    case 'device-removed':
      return { kind: 'changed', deviceId: event.deviceId, change: CHANGES[event.kind], home: event.home, at }
    // Whoever redeemed or cancelled it says the rest, with names that are not in the log.
    case 'invitation-redeemed':
    case 'device-imported':
    case 'token-rotated':
    case 'token-revoked':
    case 'token-extended':
    case 'token-moved': {
      const { kind, deviceId, role, home } = event
      return { kind: 'changed', deviceId, change: CHANGES[kind], role, home, at }
    }
    // Who handed it out is told with the names, which are not in the log.
    case 'invitation-created':
    case 'invitation-cancelled':
    // Tells nothing of pairings; the tokens that go with a session have events of their own.
    case 'session-created':
    case 'session-renamed':
    case 'session-deleted':
    // Says nothing about a device: what it was erased of is as it was.
    case 'details-erased':
    case 'log-pruned':
    // Nobody was connected then, and every token has an event of its own.
    case 'log-recovered':
    case 'keys-changed':
      return undefined
  }
}

function about({ requestId, deviceId, home }: Extract<LoggedEvent['event'], { requestId: unknown }>) {
  return { requestId, deviceId, home }
}
