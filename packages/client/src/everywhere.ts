// What both doors give: the one of Node (index.ts) and the one of browsers (browser.ts).

export type { AccessAsk, AccessOptions } from './access-tokens.ts'
export { type AppVisit, appTicket, readAppVisit } from './app-visit.ts'
export type { BackoffOptions } from './backoff.ts'
export { CLIENT_CODES, type ClientCode, ClientError, type ClientErrorFacts } from './client-error.ts'
export { connectAsDevice } from './connect-as-device.ts'
export { connectGateway } from './connect-gateway.ts'
export { connectWithSecret } from './connect-with-secret.ts'
export type {
  ClientInfo,
  Connection,
  ConnectionClose,
  ConnectTarget,
  DeviceTarget,
  RequestOptions,
  SecretTarget,
  SharedSecret,
} from './connection.ts'
export { type ChatToFollow, followChat } from './follow-chat.ts'
export type {
  GatewaySession,
  GatewaySessionState,
  GatewaySessionTarget,
  ResumeHook,
} from './gateway-session.ts'
export { isLoopbackHost, isPrivateHost } from './host-kind.ts'
export { type AppTarget, createAppFetch } from './http/create-app-fetch.ts'
export { createFetch, type FetchTarget } from './http/create-fetch.ts'
export type { Fetch } from './http/guarded-fetch.ts'
export type { DeviceKey } from './key/device-key.ts'
export type { MethodResult } from './method-results.ts'
export { type Paired, type PairTarget, type PendingPairing, pairDevice } from './pair-device.ts'
export { createMemoryTokenStore } from './tokens/memory-token-store.ts'
export type { StoredToken, TokenStore } from './tokens/token-store.ts'
