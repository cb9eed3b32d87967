import {
  type DeviceId,
  type Instant,
  type Role,
  type Scope,
  type SessionId,
  seconds,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'

/** Lets one browser into one app, once and soon. Of everything that it is shown with only hashes are kept. */
export interface AppTicket {
  readonly hash: TokenHash
  /** Of the cookie that the browser was given at the app before. */
  readonly stateHash: string
  /** Of the address that the browser wanted. */
  readonly returnHash: string
  /** Where the app lies, by its host and path. */
  readonly route: string
  readonly deviceId: DeviceId
  readonly role: Role
  readonly parentId: TokenId
  readonly sessionId: SessionId
  readonly scopes: readonly Scope[]
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export const TICKET_LIFETIME_MS = seconds(30)
