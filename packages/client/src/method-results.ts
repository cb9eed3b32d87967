import type {
  AccessResult,
  ApproveResult,
  AppTicketResult,
  AuditErasure,
  AuditFeed,
  AuditList,
  AuditPruning,
  AuditVerdict,
  CancelInvitationResult,
  ChatHistory,
  ChatSendResult,
  ConfigReload,
  ConfigSnapshot,
  ConfirmResult,
  DeviceHistory,
  DevicePage,
  DevicePairList,
  ExtendResult,
  GatewayFigures,
  GatewayIdentity,
  InvitationList,
  InviteResult,
  MethodName,
  MigrateStatus,
  MoveResult,
  PendingList,
  PresenceRow,
  RejectResult,
  RemoveResult,
  RenameResult,
  RevokeResult,
  RotateResult,
  SessionDeleteResult,
  SessionListResult,
  SessionResult,
  SetupCodeResult,
  SetupStatusResult,
  UpgradeRegistration,
  UpgradeResult,
} from '@pairgate/protocol/wire'

interface MethodResults {
  health: Record<string, unknown>
  status: Record<string, unknown>
  'device.pair.list': DevicePairList
  'device.pair.approve': ApproveResult
  'device.pair.reject': RejectResult
  'device.pair.remove': RemoveResult
  'device.pair.rename': RenameResult
  'device.pair.invite': InviteResult
  'device.pair.invitations': InvitationList
  'device.pair.cancelInvitation': CancelInvitationResult
  'device.pair.confirm': ConfirmResult
  'device.pair.claimCode': InviteResult
  'device.pair.setupCode': SetupCodeResult
  'device.pair.setupStatus': SetupStatusResult
  'device.token.rotate': RotateResult
  'device.token.revoke': RevokeResult
  'device.token.extend': ExtendResult
  'device.token.move': MoveResult
  'device.token.access': AccessResult
  'device.scopes.requestUpgrade': UpgradeRegistration
  'device.scopes.waitUpgrade': UpgradeResult
  'system-presence': readonly PresenceRow[]
  'gateway.identity.get': GatewayIdentity
  'audit.list': AuditList
  'audit.feed': AuditFeed
  'audit.erase': AuditErasure
  'audit.prune': AuditPruning
  'audit.verify': AuditVerdict
  'sessions.list': SessionListResult
  'sessions.resolve': SessionResult
  'sessions.create': SessionResult
  'sessions.patch': SessionResult
  'sessions.delete': SessionDeleteResult
  'chat.send': ChatSendResult
  'chat.history': ChatHistory
  'apps.ticket': AppTicketResult
  'config.get': ConfigSnapshot
  'config.reload': ConfigReload
  'device.page': DevicePage
  'device.history': DeviceHistory
  'device.pending': PendingList
  'gateway.figures': GatewayFigures
  'migrate.status': MigrateStatus
}

/** What a method answers (protocol fact 13); `unknown` for a method whose answer has no type yet. */
export type MethodResult<M extends MethodName> = M extends keyof MethodResults ? MethodResults[M] : unknown
