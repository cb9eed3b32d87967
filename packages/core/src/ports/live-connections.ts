import type { DeviceId, Instant, RequestId, Role, SessionId } from '@pairgate/protocol'
import type { Home } from '../access/home-session.ts'
import type { Message } from '../domain/message.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'

/** What happened to a pairing, for the operators who are connected right now. */
export type PairingNews = { readonly home: Home } & PairingFact

type PairingFact =
  | { readonly kind: 'requested'; readonly request: OpenRequest; readonly isRepair: boolean }
  | {
      readonly kind: 'resolved'
      readonly requestId: RequestId
      readonly deviceId: DeviceId
      readonly decision: 'approved' | 'rejected'
      readonly at: Instant
    }
  | { readonly kind: 'changed'; readonly deviceId: DeviceId }

/** A message that was committed, with the key of its session. */
export interface SentMessage {
  readonly message: Message
  readonly sessionKey: string
}

/** The sockets of this instance. */
export interface LiveConnections {
  /**
   * Closes the gates of a device's connections before it returns: nothing is served or told to them
   * afterwards. With a role only the connections of that role. The connection `causedBy` may still
   * send the one reply that it is working on.
   */
  closeDevice(deviceId: DeviceId, role: Role | undefined, causedBy: string | undefined): void
  /** The same for all connections whose token opens this one session, which is gone. */
  closeSession(id: SessionId, causedBy: string | undefined): void
  /** The device's connections of this role end at this time now, whatever they came with; `undefined`: never. */
  setDeadline(deviceId: DeviceId, role: Role, expiresAt: Instant | undefined): void
  /** Closes the gates of all connections before it returns, whoever they are. */
  closeAll(): void
  /** Tells every connected operator who may know of it. */
  tell(news: PairingNews): void
  /** Tells a message to the connections of its session, and to those that hold every session. */
  tellMessage(sent: SentMessage): void
}
