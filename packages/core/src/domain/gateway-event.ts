import type { DeviceId, Instant, RequestId, Role, Scope, TokenId } from '@pairgate/protocol'

/** A fact that was decided and stored, in the words of the log. */
export type GatewayEvent =
  | {
      readonly kind: 'pairing-approved'
      readonly requestId: RequestId
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
      readonly scopesBefore: readonly Scope[]
      readonly scopesAfter: readonly Scope[]
      /** The deadline or the session of a token that stood has changed, so what is open on it must go. */
      readonly endsConnections: boolean
    }
  | { readonly kind: 'pairing-rejected'; readonly requestId: RequestId; readonly deviceId: DeviceId }
  | { readonly kind: 'pairing-superseded'; readonly requestId: RequestId; readonly deviceId: DeviceId }
  | {
      readonly kind: 'device-renamed'
      readonly deviceId: DeviceId
      readonly before: string | undefined
      readonly after: string
    }
  | { readonly kind: 'device-removed'; readonly deviceId: DeviceId }
  | {
      readonly kind: 'token-rotated'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
      readonly scopesBefore: readonly Scope[]
      readonly scopesAfter: readonly Scope[]
    }
  | {
      readonly kind: 'token-revoked'
      readonly deviceId: DeviceId
      readonly role: Role
      readonly tokenId: TokenId
    }

/** Who did it, and by which way in. */
export interface EventActor {
  /** `actorRef` of the principal. */
  readonly ref: string
  readonly connId: string
  readonly remoteIp: string | undefined
}

/** An event with its place in the log. `seq` is gapless and in commit order. */
export interface LoggedEvent {
  readonly seq: number
  readonly at: Instant
  readonly actor: EventActor
  readonly event: GatewayEvent
}
