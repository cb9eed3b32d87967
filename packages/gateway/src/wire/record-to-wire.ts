import {
  type DeviceList,
  idleDeadline,
  type OpenRequest,
  type PairingNews,
  type Session,
  type ShownDevice,
  type Token,
} from '@pairgate/core'
import { EVERY_SESSION, fingerprintWords } from '@pairgate/protocol'
import type {
  ChangedPayload,
  DevicePairList,
  EventName,
  GuessingPayload,
  PairedRow,
  PendingRow,
  ResolvedPayload,
  TokenRow,
} from '@pairgate/protocol/wire'
import { invitationPayload } from './invitation-to-wire.ts'
import { present } from './present.ts'
import { setupCompleted } from './setup-to-wire.ts'

/** An open request as operators see it. `extended` adds what only our own clients know. */
export function pendingRow(request: OpenRequest, isRepair: boolean, extended: boolean): PendingRow {
  return {
    requestId: request.id,
    deviceId: request.deviceId,
    publicKey: request.publicKey,
    ...present(request.metadata),
    role: request.role,
    roles: [request.role],
    scopes: request.scopes,
    ...present({ remoteIp: request.remoteIp }),
    silent: false,
    isRepair,
    ts: request.createdAt,
    ...(extended && {
      expiresAtMs: request.expiresAt,
      digest: request.digest,
      fingerprint: fingerprintWords(request.deviceId),
      ...present({ invitationId: request.invitationId }),
    }),
  }
}

export interface PairedContext {
  readonly tokens: readonly Token[]
  readonly sessions: ReadonlyMap<string, Session>
  readonly connected: boolean | undefined
  readonly extended: boolean
  /** How long tokens may lie unused. */
  readonly idleMs: number | undefined
}

/** A paired device as operators see it; no secret is among its fields. */
export function pairedRow(
  device: ShownDevice,
  { connected, extended, ...context }: PairedContext,
): PairedRow {
  const { tokens } = context
  const { displayName, platform, deviceFamily, clientId, clientMode } = device
  return {
    deviceId: device.id,
    publicKey: device.publicKey,
    ...present({
      displayName,
      operatorLabel: device.operatorLabel,
      platform,
      deviceFamily,
      clientId,
      clientMode,
    }),
    role: device.roles[0] ?? tokens[0]?.role ?? 'operator',
    roles: device.roles,
    scopes: device.scopes,
    ...present({ remoteIp: device.lastSeenIp }),
    approvedVia: device.approvedVia === 'code' || device.approvedVia === 'link' ? 'bootstrap' : 'owner',
    createdAtMs: device.pairedAt,
    approvedAtMs: device.approvedAt,
    ...present({ lastSeenAtMs: device.lastSeenAt }),
    ...(device.lastSeenAt !== undefined && { lastSeenReason: 'connect' }),
    ...present({ connected }),
    tokens: tokens.map((token) => tokenRow(token, context, extended)),
    ...(extended && {
      fingerprint: fingerprintWords(device.id),
      ...present({ approvedBy: device.approvedBy }),
    }),
  }
}

function tokenRow(
  token: Token,
  { sessions, idleMs }: Pick<PairedContext, 'sessions' | 'idleMs'>,
  extended: boolean,
): TokenRow {
  const idleExpiresAtMs = token.revokedAt === undefined ? idleDeadline(token, idleMs) : undefined
  const session = token.sessionId === EVERY_SESSION ? '*' : sessions.get(token.sessionId)?.key
  return {
    role: token.role,
    scopes: token.scopes,
    createdAtMs: token.createdAt,
    ...present({
      rotatedAtMs: token.rotatedAt,
      revokedAtMs: token.revokedAt,
      lastUsedAtMs: token.lastUsedAt,
    }),
    ...(extended && present({ expiresAtMs: token.expiresAt, idleExpiresAtMs, session })),
  }
}

export function deviceListPayload(
  list: DeviceList,
  isConnected: (id: ShownDevice['id']) => boolean,
  { extended, idleMs }: Pick<PairedContext, 'extended' | 'idleMs'>,
): DevicePairList {
  const { pending, paired, sessions, madeRoomAt } = list
  return {
    pending: pending.map(({ request, isRepair }) => pendingRow(request, isRepair, extended)),
    paired: paired.map(({ device, tokens }) =>
      pairedRow(device, { tokens, sessions, connected: isConnected(device.id), extended, idleMs }),
    ),
    ...(extended && madeRoomAt !== undefined && { madeRoomAtMs: madeRoomAt }),
  }
}

function changedPayload({ deviceId, change, role, at }: Extract<PairingNews, { kind: 'changed' }>) {
  return { deviceId, change, ...present({ role }), ts: at } satisfies ChangedPayload
}

/** The event that carries a piece of pairing news (protocol fact 14). */
export function newsEvent(
  news: PairingNews,
  extended: boolean,
): { readonly event: EventName; readonly payload: unknown } {
  switch (news.kind) {
    case 'requested':
      return { event: 'device.pair.requested', payload: pendingRow(news.request, news.isRepair, extended) }
    case 'resolved': {
      const { requestId, deviceId, decision, at } = news
      return {
        event: 'device.pair.resolved',
        payload: { requestId, deviceId, decision, ts: at } satisfies ResolvedPayload,
      }
    }
    case 'changed':
      return { event: 'device.pair.changed', payload: extended ? changedPayload(news) : {} }
    case 'invitation': {
      // OpenClaw's clients know no more of invitations than that a setup code was used.
      const completed = extended ? undefined : setupCompleted(news)
      if (completed) return { event: 'device.pair.setup.completed', payload: completed }
      return { event: 'device.pair.invitation', payload: invitationPayload(news) }
    }
    case 'guessing': {
      const payload: GuessingPayload = { wrongTries: news.wrongTries, ts: news.at }
      return { event: 'device.pair.guessing', payload }
    }
  }
}
