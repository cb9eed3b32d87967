import { createHash } from 'node:crypto'
import {
  type DecidedRequest,
  type Device,
  type EventActor,
  type GatewayEvent,
  type Invitation,
  type OpenRequest,
  type Session,
  type StoreTransaction,
  sealEvent,
  type Token,
  type TokenUse,
} from '@pairgate/core'
import type {
  DeviceId,
  Instant,
  InvitationId,
  RequestId,
  Role,
  SessionId,
  TokenHash,
  TokenId,
} from '@pairgate/protocol'

// Records that are told apart by a small number; a test names only what it is about.

export const at = (ms: number) => ms as Instant
export const deviceId = (n: number) => n.toString(16).padStart(64, '0') as DeviceId
export const tokenHash = (n: number) => n.toString(16).padStart(64, 'f') as TokenHash
export const tokenId = (n: number) => `token-${n}` as TokenId
export const requestId = (n: number) => `request-${n}` as RequestId
export const invitationId = (n: number) => `invitation-${n}` as InvitationId
export const sessionId = (n: number) => `session-${n}` as SessionId

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const SEAL = { macOf: (text: string) => sha256(`key of the tests ${text}`), sha256, salt: 's'.repeat(22) }

export const OWNER: EventActor = { ref: 'owner', via: 'owner-socket', connId: 'conn-1', remoteIp: undefined }

export function device(n: number, changes: Partial<Device> = {}): Device {
  return {
    id: deviceId(n),
    publicKey: n.toString(36).padStart(43, 'A'),
    displayName: `device ${n}`,
    platform: 'linux',
    deviceFamily: undefined,
    clientId: 'cli',
    clientMode: 'cli',
    operatorLabel: undefined,
    roles: ['operator'],
    scopes: ['operator.read', 'operator.write'],
    pairedAt: at(1_000 + n),
    approvedAt: at(1_000 + n),
    approvedBy: 'owner',
    approvedVia: 'operator',
    lastSeenAt: undefined,
    lastSeenIp: undefined,
    originSignedAt: undefined,
    ...changes,
  }
}

/** Token `n` belongs to device `n` unless `changes` say otherwise. */
export function token(n: number, changes: Partial<Token> = {}): Token {
  return {
    deviceId: deviceId(n),
    role: 'operator',
    tokenId: tokenId(n),
    tokenHash: tokenHash(n),
    keyId: 'key-1',
    presentedAt: undefined,
    deliveredAt: undefined,
    previousTokenId: undefined,
    previousHash: undefined,
    scopes: ['operator.read'],
    sessionId: sessionId(n),
    createdAt: at(1_000),
    rotatedAt: undefined,
    expiresAt: undefined,
    lifetimeMs: undefined,
    renewedAt: undefined,
    revokedAt: undefined,
    revokedBy: undefined,
    lastUsedAt: undefined,
    ...changes,
  }
}

export function request(n: number, changes: Partial<OpenRequest> = {}): OpenRequest {
  return {
    state: 'open',
    id: requestId(n),
    deviceId: deviceId(n),
    publicKey: n.toString(36).padStart(43, 'A'),
    role: 'operator',
    scopes: ['operator.read'],
    why: 'not-paired',
    metadata: {
      displayName: `device ${n}`,
      platform: 'macos',
      deviceFamily: 'laptop',
      clientId: 'ui',
      clientMode: undefined,
    },
    remoteIp: '192.0.2.1',
    invitationId: undefined,
    prefix: 'remoteIp' in changes ? (changes.remoteIp ?? 'loopback') : '192.0.2.1',
    digest: tokenHash(n),
    createdAt: at(1_000 + n),
    refreshedAt: at(1_000 + n),
    expiresAt: at(10_000),
    ...changes,
  }
}

export function decided(open: OpenRequest, changes: Partial<DecidedRequest> = {}): DecidedRequest {
  return {
    ...open,
    state: 'approved',
    decidedAt: at(5_000),
    decidedBy: 'owner',
    supersededBy: undefined,
    ...changes,
  }
}

export function session(n: number, changes: Partial<Session> = {}): Session {
  return {
    id: sessionId(n),
    key: `key-${n}`,
    label: undefined,
    createdAt: at(1_000 + n),
    createdBy: 'owner',
    ...changes,
  }
}

export function use(n: number, changes: Partial<TokenUse> = {}): TokenUse {
  return { tokenId: tokenId(n), deviceId: deviceId(n), at: at(2_000), ip: '192.0.2.7', ...changes }
}

export function approved(n: number, role: Role = 'operator'): GatewayEvent {
  return {
    kind: 'pairing-approved',
    requestId: requestId(n),
    deviceId: deviceId(n),
    role,
    tokenId: tokenId(n),
    endsConnections: n % 2 === 0,
  }
}

/** Appends an event sealed by a key of the tests. */
export async function append(
  tx: StoreTransaction,
  event: GatewayEvent,
  actor: EventActor,
  when: Instant,
): Promise<void> {
  const ends = event.kind === 'token-extended' && typeof event.ends === 'number' ? event.ends : undefined
  const change = { after: { name: 'Küche', expiresAt: ends } }
  await tx.appendEvent(sealEvent({ event, change, actor, at: when }, await tx.eventHead(), SEAL))
}

export function removed(n: number): GatewayEvent {
  return { kind: 'device-removed', deviceId: deviceId(n) }
}

export function invitation(n: number, changes: Partial<Invitation> = {}): Invitation {
  return {
    id: invitationId(n),
    secretHash: n.toString(16).padStart(64, 'e'),
    codeMac: undefined,
    codeExpiresAt: undefined,
    roles: ['operator'],
    scopes: ['operator.read'],
    session: undefined,
    tokenTtlMs: undefined,
    label: undefined,
    confirm: false,
    claim: false,
    joins: false,
    createdBy: 'owner',
    creatorScopes: ['operator.admin'],
    creatorMark: undefined,
    createdAt: at(1_000 + n),
    expiresAt: at(10_000),
    redeemedBy: undefined,
    redeemedAt: undefined,
    cancelledAt: undefined,
    ...changes,
  }
}
