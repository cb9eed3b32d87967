import {
  DevicePairRequestedEventSchema,
  DevicePairResolvedEventSchema,
  DevicePairSetupCompletedEventSchema,
  DeviceTokenRotateResultSchema,
  EventFrameSchema,
  HelloOkSchema,
  PresenceEntrySchema,
  ResponseFrameSchema,
  ScopeUpgradeRegistrationSchema,
  ScopeUpgradeResultSchema,
  ShutdownEventSchema,
  TickEventSchema,
} from '@openclaw/gateway-protocol/schema'
import { type TProperties, type TSchema, Type } from 'typebox'

/**
 * What a client of OpenClaw may be sent. Where the published package has a schema it is that one; the
 * others are written down from protocol facts 4, 10, 13 and 14, closed at every level.
 */
const closed = (properties: TProperties) => Type.Object(properties, { additionalProperties: false })
const Text = Type.String({ minLength: 1 })
const Texts = Type.Array(Text)
const Whole = Type.Integer({ minimum: 0 })
const word = (...words: string[]) => Type.Enum(words)
const maybe = Type.Optional<TSchema>

export const EVENT_FRAME: TSchema = EventFrameSchema
export const RESPONSE_FRAME: TSchema = ResponseFrameSchema

/** Payloads of events, by name. */
export const EVENT_PAYLOADS: Readonly<Record<string, TSchema>> = {
  'connect.challenge': closed({ nonce: Text, ts: Whole, capabilities: maybe(Texts) }),
  'device.pair.requested': DevicePairRequestedEventSchema,
  'device.pair.resolved': Type.Intersect([
    DevicePairResolvedEventSchema,
    Type.Object({ decision: word('approved', 'rejected') }),
  ]),
  'device.pair.changed': closed({}),
  'device.pair.setup.completed': DevicePairSetupCompletedEventSchema,
  presence: closed({ presence: Type.Array(PresenceEntrySchema) }),
  tick: TickEventSchema,
  shutdown: ShutdownEventSchema,
}

const shown = {
  deviceId: Text,
  publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  displayName: maybe(Text),
  platform: maybe(Text),
  deviceFamily: maybe(Text),
  clientId: maybe(Text),
  clientMode: maybe(Text),
  role: word('operator', 'node'),
  roles: Type.Array(word('operator', 'node')),
  scopes: Texts,
  remoteIp: maybe(Text),
}
const PendingRow = closed({
  requestId: Text,
  ...shown,
  browserOrigin: maybe(Text),
  silent: Type.Boolean(),
  isRepair: Type.Boolean(),
  ts: Whole,
})
const TokenRow = closed({
  role: word('operator', 'node'),
  scopes: Texts,
  createdAtMs: Whole,
  rotatedAtMs: maybe(Whole),
  revokedAtMs: maybe(Whole),
  lastUsedAtMs: maybe(Whole),
})
const paired = {
  ...shown,
  operatorLabel: maybe(Text),
  approvedVia: word('owner', 'silent', 'trusted-cidr', 'trusted-proxy', 'ssh-verified', 'bootstrap'),
  createdAtMs: Whole,
  approvedAtMs: Whole,
  lastSeenAtMs: maybe(Whole),
  lastSeenReason: maybe(word('connect')),
  tokens: Type.Array(TokenRow),
}

/** Payloads of successful responses, by method. */
export const RESULT_PAYLOADS: Readonly<Record<string, TSchema>> = {
  connect: HelloOkSchema,
  health: HelloOkSchema.properties.snapshot.properties.health,
  // OpenClaw's own is a free-form report without a schema; this is all of ours.
  status: closed({
    runtimeVersion: Text,
    startedAtMs: Whole,
    uptimeMs: Whole,
    url: maybe(Text),
    authMode: maybe(word('pairing', 'token', 'password', 'none')),
    database: maybe(word('sqlite', 'postgres')),
    connections: maybe(Whole),
    pairedDevices: maybe(Whole),
    pendingRequests: maybe(Whole),
  }),
  'device.pair.list': closed({
    pending: Type.Array(PendingRow),
    paired: Type.Array(closed({ ...paired, connected: Type.Boolean() })),
  }),
  'device.pair.approve': closed({ requestId: Text, device: closed(paired) }),
  'device.pair.reject': closed({ requestId: Text, deviceId: Text }),
  'device.pair.remove': closed({ deviceId: Text }),
  'device.pair.rename': closed({ deviceId: Text, label: Text }),
  'device.token.rotate': DeviceTokenRotateResultSchema,
  'device.scopes.requestUpgrade': ScopeUpgradeRegistrationSchema,
  'device.scopes.waitUpgrade': ScopeUpgradeResultSchema,
  // As recorded; what lies in the parts is configuration, and differs.
  'config.get': closed({
    path: Text,
    exists: Type.Boolean(),
    raw: Type.Null(),
    parsed: Type.Object({}),
    sourceConfig: Type.Object({}),
    resolved: Type.Object({}),
    valid: Type.Boolean(),
    runtimeConfig: Type.Object({}),
    config: Type.Object({}),
    hash: Text,
    issues: Type.Array(closed({ path: Type.String(), message: Text })),
    warnings: Texts,
    legacyIssues: Texts,
  }),
  'system-presence': Type.Array(PresenceEntrySchema),
  'gateway.identity.get': closed({
    deviceId: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  }),
  'device.token.revoke': closed({ deviceId: Text, role: Text, revokedAtMs: Whole }),
}

/** Every top-level code that OpenClaw's gateway was seen to send. */
export const ERROR_CODE = word('NOT_PAIRED', 'INVALID_REQUEST', 'FORBIDDEN', 'UNAVAILABLE')

const authFailure = {
  authReason: Text,
  canRetryWithDeviceToken: Type.Boolean(),
  recommendedNextStep: word(
    'retry_with_device_token',
    'update_auth_configuration',
    'update_auth_credentials',
    'wait_then_retry',
    'review_auth_configuration',
  ),
}
const proofFailure = { reason: Text }

/** What stands beside `details.code`, by that code. */
const BESIDE_THE_CODE: Readonly<Record<string, TProperties>> = {
  PROTOCOL_MISMATCH: {
    clientMinProtocol: Whole,
    clientMaxProtocol: Whole,
    expectedProtocol: Type.Literal(4),
    minimumProbeProtocol: Type.Literal(3),
  },
  DEVICE_IDENTITY_REQUIRED: { recommendedNextStep: maybe(word('reopen_control_ui_securely')) },
  DEVICE_AUTH_DEVICE_ID_MISMATCH: proofFailure,
  DEVICE_AUTH_SIGNATURE_EXPIRED: proofFailure,
  DEVICE_AUTH_NONCE_REQUIRED: proofFailure,
  DEVICE_AUTH_NONCE_MISMATCH: proofFailure,
  DEVICE_AUTH_SIGNATURE_INVALID: proofFailure,
  CONTROL_UI_ORIGIN_NOT_ALLOWED: proofFailure,
  AUTH_TOKEN_MISSING: authFailure,
  AUTH_TOKEN_MISMATCH: authFailure,
  AUTH_PASSWORD_MISSING: authFailure,
  AUTH_PASSWORD_MISMATCH: authFailure,
  AUTH_DEVICE_TOKEN_MISMATCH: authFailure,
  AUTH_SCOPE_MISMATCH: authFailure,
  AUTH_BOOTSTRAP_TOKEN_INVALID: authFailure,
  AUTH_RATE_LIMITED: authFailure,
  PAIRING_REQUIRED: {
    reason: word('not-paired', 'role-upgrade', 'scope-upgrade', 'metadata-upgrade'),
    requestId: Text,
    remediationHint: Text,
    deviceId: Text,
    requestedRole: word('operator', 'node'),
    requestedScopes: maybe(Type.Array(Text, { minItems: 1 })),
    approvedRoles: maybe(Texts),
    approvedScopes: maybe(Texts),
  },
  MISSING_SCOPE: { missingScope: Text, requiredScopes: Texts },
  // Ours: OpenClaw sends these refusals without details.
  REQUEST_EXPIRED: {},
  REQUEST_DECIDED: {},
  REQUEST_SUPERSEDED: { supersededBy: maybe(Text) },
  DIGEST_MISMATCH: {},
  LAST_ADMIN: {},
  TOO_MANY_PENDING: {},
  TOO_MANY_REQUESTS: {},
}

/** The `details` of errors, by their code. */
export const ERROR_DETAILS: Readonly<Record<string, TSchema>> = Object.fromEntries(
  Object.entries(BESIDE_THE_CODE).map(([code, beside]) => [
    code,
    closed({ code: Type.Literal(code), ...beside }),
  ]),
)
