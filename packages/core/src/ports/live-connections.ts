import type { DeviceChange, DeviceId, Instant, RequestId, Role, SessionId } from '@pairgate/protocol'
import type { Home } from '../access/home-session.ts'
import type { Device } from '../domain/device.ts'
import type { Invitation } from '../domain/invitation.ts'
import type { Message } from '../domain/message.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import type { Token } from '../domain/token.ts'

/** What happened to a pairing, for the operators who are connected right now. */
export type PairingNews = ({ readonly home: Home } & PairingFact) | InvitationNews | GuessingNews

type PairingFact =
  | { readonly kind: 'requested'; readonly request: OpenRequest; readonly isRepair: boolean }
  | {
      readonly kind: 'resolved'
      readonly requestId: RequestId
      readonly deviceId: DeviceId
      readonly decision: 'approved' | 'rejected'
      readonly at: Instant
    }
  | {
      readonly kind: 'changed'
      readonly deviceId: DeviceId
      readonly change: DeviceChange
      /** Of the token that it is about. */
      readonly role?: Role | undefined
      readonly at: Instant
    }

/** A message that was committed, with the key of its session. */
export interface SentMessage {
  readonly message: Message
  readonly sessionKey: string
}

/** Wrong codes made every code only good for asking; `wrongTries` of them still count. */
interface GuessingNews {
  readonly kind: 'guessing'
  readonly wrongTries: number
  readonly at: Instant
}

/** What happened to an invitation. */
export interface InvitationNews {
  readonly kind: 'invitation'
  readonly state: 'created' | 'candidate' | 'redeemed' | 'cancelled' | 'expired'
  readonly invitation: Invitation
  readonly at: Instant
  /** Of a candidate, and of one who was confirmed. */
  readonly request?: OpenRequest | undefined
  /** Of a redemption. */
  readonly joined?: { readonly device: Device; readonly token: Token; readonly session: string | undefined }
}

/** The sockets of this instance. */
export interface LiveConnections {
  /**
   * Closes the gates of a device's connections before it returns: nothing is served or told to them
   * afterwards. With a role only the connections of that role. The connection `causedBy` may still
   * send the one reply that it is working on.
   */
  closeDevice(deviceId: DeviceId, role: Role | undefined, causedBy: string | undefined): void
  /** The same for its connections that were let in without a pairing, and for no other. */
  closeUnpaired(deviceId: DeviceId, causedBy: string | undefined): void
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
