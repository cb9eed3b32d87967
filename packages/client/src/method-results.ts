import type {
  ApproveResult,
  AuditErasure,
  AuditList,
  AuditVerdict,
  DevicePairList,
  MethodName,
  RejectResult,
  RemoveResult,
  RenameResult,
  RevokeResult,
  RotateResult,
} from '@pairgate/protocol/wire'

interface MethodResults {
  health: Record<string, unknown>
  status: Record<string, unknown>
  'device.pair.list': DevicePairList
  'device.pair.approve': ApproveResult
  'device.pair.reject': RejectResult
  'device.pair.remove': RemoveResult
  'device.pair.rename': RenameResult
  'device.token.rotate': RotateResult
  'device.token.revoke': RevokeResult
  'audit.list': AuditList
  'audit.erase': AuditErasure
  'audit.verify': AuditVerdict
}

/** What a method answers (protocol fact 13); `unknown` for a method whose answer has no type yet. */
export type MethodResult<M extends MethodName> = M extends keyof MethodResults ? MethodResults[M] : unknown
