export { authorize, type Requirement } from './access/authorize.ts'
export { isForeignInvitation } from './access/foreign-invitation.ts'
export { mayDecide, mayManage } from './access/home-session.ts'
export { whomMayKnow } from './access/whom-may-know.ts'
export type { Admission, AdmissionMethod, Door, IssuedToken } from './connect/admission.ts'
export type { ConnectAsk, ConnectPeer } from './connect/connect-ask.ts'
export { type Core, type CoreDeps, createCore } from './create-core.ts'
export type { DeviceHistory, ShownEvent } from './devices/device-history.ts'
export { createImportDevices, type Import } from './devices/import-devices.ts'
export { type JudgedGrant, type JudgeReads, judgeImport } from './devices/judge-import.ts'
export type { DeviceList } from './devices/list-devices.ts'
export type { DevicePage, DeviceSearch } from './devices/page-devices.ts'
export type { ShownDevice } from './devices/shown-device.ts'
export type { AccessToken } from './domain/access-token.ts'
export type { AppTicket } from './domain/app-ticket.ts'
export { CHAIN_FAULTS, type ChainFault, type FoundFault } from './domain/chain-fault.ts'
export type { PendingPlace } from './domain/choose-to-leave.ts'
export { type ApprovedVia, type Device, type DeviceMetadata, nameOf, tidyMetadata } from './domain/device.ts'
export {
  type DeviceChoice,
  type DeviceOrder,
  type DevicePlace,
  type DeviceReach,
  type DeviceSort,
  MOST_COUNTED,
  nameKeyOf,
  type PlacedDevices,
} from './domain/device-page.ts'
export { DPOP_ALGORITHMS } from './domain/dpop-proof.ts'
export { EMPTY_LOG, type EventRecord, type StoredDetails, sealEvent } from './domain/event-chain.ts'
export {
  type EventChange,
  type EventDetails,
  type EventState,
  LASTING_KINDS,
  readDetails,
} from './domain/event-details.ts'
export type { FeedNote, FeedRow } from './domain/feed-row.ts'
export type { ForeignDevice, ForeignGrant, ImportVerdict } from './domain/foreign-device.ts'
export {
  ARRIVALS,
  type EventActor,
  type EventHead,
  type GatewayEvent,
  type LoggedEvent,
  type WayIn,
} from './domain/gateway-event.ts'
export type { Guest } from './domain/guest.ts'
export { type Invitation, type InvitationState, invitationState } from './domain/invitation.ts'
export { type LeaveNone, type NoneStage, noneStage } from './domain/leave-none.ts'
export type { Message, MessageBounds } from './domain/message.ts'
export {
  type DecidedRequest,
  isOpen,
  type OpenRequest,
  type PairingRequest,
  REQUEST_LIFETIME_MS,
  type RequestWhy,
} from './domain/pairing-request.ts'
export {
  actorRef,
  type DevicePrincipal,
  isSelfScoped,
  NO_DEVICE,
  type Principal,
  type UnpairedPrincipal,
} from './domain/principal.ts'
export type { EndpointFault, Refusal, RequestFate, TokenFault } from './domain/refusal.ts'
export { payForRequest, type RequestRate, waitForRequest } from './domain/request-rate.ts'
export { ok, type Refused, type Result, refuse } from './domain/result.ts'
export type { Session, SessionFacts } from './domain/session.ts'
export { idleDeadline, type Token, type TokenState, tokenState } from './domain/token.ts'
export { readWrongTries, type WrongTries } from './domain/wrong-tries.ts'
export { createAppendEvent } from './events/append-event.ts'
export { createCheckHead } from './events/check-head.ts'
export type { Erasure, ErasureOrder } from './events/erase-details.ts'
export type { Following } from './events/event-follower.ts'
export { findEventSince } from './events/find-event-since.ts'
export { createRecoverLog, type Recovery } from './events/recover-log.ts'
export { createRekeyLog, type Rekeyed } from './events/rekey-log.ts'
export { type ChainVerdict, createVerifyChain, type SoundChain } from './events/verify-chain.ts'
export type { GuestReport } from './guests/report-guests.ts'
export { createArmClaim } from './invitations/claim.ts'
export type { InvitationOrder, NewInvitation } from './invitations/create-invitation.ts'
export { CLAIMED } from './invitations/end-claim.ts'
export type { InvitationView } from './invitations/list-invitations.ts'
export { WRONG_CODES } from './invitations/note-wrong-code.ts'
export { type GuessLimits, REMEMBERED_PEERS } from './limits/guess-limiter.ts'
export type { History } from './messages/read-history.ts'
export type { PendingLimits } from './pairing/make-room.ts'
export type { AuthMode, AuthPolicy, OpenDoor, SharedCredential } from './ports/auth-policy.ts'
export type { Clock } from './ports/clock.ts'
export type { Crypto, EventSeal, ShortSecrets, TokenSecrets } from './ports/crypto.ts'
export type { HeadKeeper } from './ports/head-keeper.ts'
export type { InvitationNews, LiveConnections, PairingNews, SentMessage } from './ports/live-connections.ts'
export type { PairingPolicy } from './ports/pairing-policy.ts'
export type { Random } from './ports/random.ts'
export type {
  ErasableDetails,
  ErasureChoice,
  EventFilter,
  FoundToken,
  MessagePage,
  Store,
  StoredCounter,
  StoreReader,
  StoreTransaction,
  TokenUse,
  Traces,
} from './ports/store.ts'
export { createDrawSecret } from './tokens/draw-secret.ts'
export type { HttpAsk, HttpFault, HttpUse, HttpVerdict } from './tokens/http-use.ts'
