export type { AppTicketResult } from './app-rows.ts'
export type {
  AuditErasure,
  AuditFault,
  AuditFeed,
  AuditHead,
  AuditList,
  AuditPruning,
  AuditRow,
  AuditState,
  AuditVerdict,
  FeedEntry,
} from './audit-rows.ts'
export { CLIENT_IDS, CLIENT_MODES } from './client-info.ts'
export { CLOSES, type Close } from './close-codes.ts'
export type { ConfigReload, ConfigSetting, ConfigSnapshot } from './config-rows.ts'
export { ConnectParams, OwnerConnectParams } from './connect-params.ts'
export type {
  ChangedPayload,
  DeviceEvent,
  DeviceHistory,
  DevicePage,
  DevicePresencePayload,
  DeviceRow,
  GatewayFigures,
  PendingList,
} from './console-rows.ts'
export { DETAIL_CODES, type DetailCode } from './detail-codes.ts'
export { EVENT_KINDS } from './event-kinds.ts'
export type { DuePayload } from './events.ts'
export {
  type ChallengePayload,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type EventRow,
  eventNames,
  isEventFor,
  type ResolvedPayload,
} from './events.ts'
export type {
  ErrorCode,
  ErrorShape,
  EventFrame,
  ResponseFrame,
} from './frame.ts'
export type { GatewayIdentity, PresencePayload, PresenceRow, TlsReport } from './gateway-rows.ts'
export type { AuthMethod, ExtraToken, HelloAuth, HelloOk, UnpairedNote } from './hello.ts'
export { HTTP_ROUTES } from './http-routes.ts'
export type {
  CancelInvitationResult,
  CandidateRow,
  ConfirmResult,
  GuessingPayload,
  InvitationList,
  InvitationPayload,
  InvitationRow,
  InviteResult,
} from './invitation-rows.ts'
export { LIMITS } from './limits.ts'
export {
  METHOD_NAMES,
  METHODS,
  type MethodName,
  type MethodParams,
  methodNames,
  parseMethod,
} from './methods.ts'
export type { GuestEntry, MigrateStatus } from './migrate-rows.ts'
export { OWNER_NONCE_HEADER, ownerProofText } from './owner-proof.ts'
export type {
  AccessResult,
  ApprovedByRevoked,
  ApproveResult,
  DevicePairList,
  ExtendResult,
  MoveResult,
  PairedRow,
  PendingRow,
  RejectResult,
  RemoveResult,
  RenameResult,
  RevokeResult,
  RotateResult,
  TokenRow,
  UpgradeRegistration,
  UpgradeResult,
} from './pairing-rows.ts'
export {
  type Audience,
  chooseProtocol,
  MINIMUM_PROBE_PROTOCOL,
  PAIRGATE_CAPABILITY,
  PROTOCOL_VERSION,
  PROTOCOL_VERSIONS,
  type ProtocolAsk,
  type ProtocolVersion,
} from './protocol-version.ts'
export { frameId, type Received, readFrame } from './read-frame.ts'
export { RequestFrame } from './request-frame.ts'
export { FOREIGN_NODE_METHODS } from './rows/foreign-node-methods.ts'
export type { MethodRow } from './rows/method-row.ts'
export { describeFindings } from './schema-findings.ts'
export type {
  ChatHistory,
  ChatMessage,
  ChatPayload,
  ChatSendResult,
  SessionDeleteResult,
  SessionListResult,
  SessionResult,
  SessionRow,
} from './session-rows.ts'
export type { SetupAccess, SetupCodeResult, SetupCompletion, SetupStatusResult } from './setup-rows.ts'
