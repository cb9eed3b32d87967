import type { DeviceId, Instant, InvitationId, RequestId, Role, SessionId, TokenId } from '@pairgate/protocol'

/** Where the device of an event lay before it: decides who is told of it. See `Home`. */
interface AtHome {
  /** Left out, only those who hold every session are told. */
  readonly home?: SessionId | undefined
}

/**
 * A fact that was decided and stored, in the words of the log. It holds what instances act on and nothing
 * that tells of a person: names and addresses lie in the details, which can be erased.
 */
export type GatewayEvent = DeviceEvent | SessionEvent | InvitationEvent | LogEvent

/** A session was made, got another key or label, or was deleted with its messages. */
type SessionEvent = {
  readonly kind: 'session-created' | 'session-renamed' | 'session-deleted'
  readonly sessionId: SessionId
}

type DeviceEvent = AtHome & DeviceFacts

type DeviceFacts =
  | {
      readonly kind: 'pairing-approved'
      readonly requestId: RequestId
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
      /** The deadline or the session of a token that stood has changed, so what is open on it must go. */
      readonly endsConnections: boolean
    }
  | { readonly kind: 'pairing-rejected'; readonly requestId: RequestId; readonly deviceId: DeviceId }
  | { readonly kind: 'pairing-superseded'; readonly requestId: RequestId; readonly deviceId: DeviceId }
  | { readonly kind: 'device-renamed'; readonly deviceId: DeviceId }
  | { readonly kind: 'device-removed'; readonly deviceId: DeviceId }
  | {
      readonly kind: 'token-rotated'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
    }
  | {
      readonly kind: 'token-revoked'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
    }
  | {
      readonly kind: 'token-extended'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
      /** When it runs out from now on. It is read from the details, so it can have been erased since. */
      readonly ends: Instant | 'never' | 'erased'
    }
  | {
      readonly kind: 'token-moved'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
    }
  /** Of a role that the device held at another gateway, whose state the owner imported; one event for each. */
  | {
      readonly kind: 'device-imported'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
    }
  /** Of a role that an invitation gave to the device that redeemed it; one event for each. */
  | {
      readonly kind: 'invitation-redeemed'
      readonly invitationId: InvitationId
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
      /** As at `pairing-approved`. */
      readonly endsConnections: boolean
    }

/** After these a device may lie in a session in which it did not lie before. */
export const ARRIVALS = [
  'pairing-approved',
  'invitation-redeemed',
  'device-imported',
  'token-moved',
] as const satisfies readonly GatewayEvent['kind'][]

/** An invitation was handed out, or taken back. */
type InvitationEvent = {
  readonly kind: 'invitation-created' | 'invitation-cancelled'
  readonly invitationId: InvitationId
}

type LogEvent =
  /** Details of events were erased: of one device, of a time, or of one device within a time. */
  | { readonly kind: 'details-erased'; readonly deviceId: DeviceId | undefined }
  /**
   * Events up to a number were pruned. What it says of the last of them is the checkpoint from which on the
   * rest can be verified, sealed like every event.
   */
  | { readonly kind: 'log-pruned' }
  /** The owner went on with a log that does not lead up to its head. The first event of a new epoch. */
  | { readonly kind: 'log-recovered' }
  /** Every key of the gateway is another one; the first event that the new one has sealed. */
  | { readonly kind: 'keys-changed' }

/** Which door was used; `host` is a command that works on the state directory while the gateway stands still. */
export type WayIn = 'owner-socket' | 'websocket' | 'host'

/** Who did it, and by which way in. */
export interface EventActor {
  /** `actorRef` of the principal. */
  readonly ref: string
  readonly via: WayIn
  readonly connId: string
  readonly remoteIp: string | undefined
}

/** Where the log ends: how often it was recovered, its last number, and the seal of that event. */
export interface EventHead {
  readonly epoch: number
  readonly seq: number
  readonly mac: string
}

/** An event with its place in the log. `seq` is gapless and in commit order. */
export interface LoggedEvent extends EventHead {
  /** Seal of the event before. */
  readonly prev: string
  readonly at: Instant
  /** `actorRef` of whoever did it. */
  readonly actor: string
  /** The connection that it was done on, unless that was erased. */
  readonly connId: string | undefined
  readonly event: GatewayEvent
}
