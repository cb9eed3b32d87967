export { type AccessSecret, formatAccessSecret, parseAccessSecret } from './access-secret.ts'
export {
  type AppCookieSecret,
  type AppTicketSecret,
  formatAppCookie,
  formatAppTicket,
  parseAppCookie,
  parseAppTicket,
} from './app-secrets.ts'
export { formatAuditLine } from './audit-line.ts'
export { decodeBase64, encodeBase64Url } from './base64url.ts'
export type { DeviceChange } from './device-change.ts'
export { fingerprintWords } from './fingerprint-words.ts'
export { type ForeignSecret, parseForeignSecret } from './foreign-secret.ts'
export { type GatewayPlace, gatewayOrigin } from './gateway-origin.ts'
export { type GatewayUrl, pageUrl, parseGatewayUrl, socketUrl } from './gateway-url.ts'
export {
  type Brand,
  type DeviceId,
  EVERY_SESSION,
  type Instant,
  type InvitationId,
  parseDeviceId,
  type RequestId,
  type SessionId,
  type TokenHash,
  type TokenId,
} from './ids.ts'
export { days, hours, later, minutes, parseDuration, parseInstant, seconds } from './instant.ts'
export { formatInvitationSecret, type InvitationSecret, parseInvitationSecret } from './invitation-secret.ts'
export { type InvitationText, readInvitationText } from './invitation-text.ts'
export { formatJoinLink, type JoinCode, joinCodeOf, parseJoinCode, parseJoinLink } from './join-link.ts'
export { escapeHazards, formatJsonLine } from './json-line.ts'
export { formatPairCode, PAIR_CODES, type PairCode, pairCodeOf, parsePairCode } from './pair-code.ts'
export { formatPairLink, type PairLink, parsePairLink } from './pair-link.ts'
export { parsePublicKey } from './public-key.ts'
export { parseRole, ROLES, type Role } from './role.ts'
export {
  coversScopes,
  expandScopes,
  joinScopes,
  leastScopes,
  meetScopes,
  missingScope,
  narrowScopes,
  parseScope,
  SCOPES,
  type Scope,
} from './scope.ts'
export { isMainSession, MAIN_SESSION, parseSessionKey } from './session-key.ts'
export type { SessionReach } from './session-reach.ts'
export { formatSetupCode, parseSetupCode, parseSetupPayload, type SetupPayload } from './setup-code.ts'
export { type SigningFacts, signingTextV2, signingTextV3, signingTextV4 } from './signing-text.ts'
export { parseTlsPin, type TlsPin } from './tls-pin.ts'
export { formatTokenSecret, parseTokenSecret, type TokenSecret } from './token-secret.ts'
export { parseWebOrigin, type WebOrigin } from './web-origin.ts'
