import assert from 'node:assert/strict'
import type {
  AccessToken,
  Device,
  LoggedEvent,
  PairingRequest,
  Session,
  StoreReader,
  StoreTransaction,
  Token,
  TokenUse,
} from '@pairgate/core'
import type { DeviceId, Instant, Role } from '@pairgate/protocol'
import type { Operation } from './random-steps.ts'
import {
  append,
  approved,
  at,
  decided,
  device,
  deviceId,
  OWNER,
  removed,
  request,
  requestId,
  session,
  token,
  tokenHash,
  tokenId,
} from './sample-records.ts'

/** What a store should hold, in the simplest shape there is. */
export interface Model {
  readonly devices: Map<string, Device>
  readonly tokens: Map<string, Token>
  readonly access: Map<string, AccessToken>
  readonly requests: Map<string, PairingRequest>
  readonly sessions: Map<string, Session>
  readonly events: Omit<LoggedEvent, 'mac' | 'prev'>[]
}

export function emptyModel(): Model {
  return {
    devices: new Map(),
    tokens: new Map(),
    access: new Map(),
    requests: new Map(),
    sessions: new Map(),
    events: [],
  }
}

/** Secrets are numbered by device, role and version; version `v` has replaced `v - 1`. */
const secretNumber = (n: number, role: Role, version: number) =>
  1_000 * (n + 1) + 100 * (role === 'node' ? 1 : 0) + version

function tokenVersion(n: number, role: Role, version: number): Token {
  const number = secretNumber(n, role, version)
  return token(n, {
    role,
    tokenId: tokenId(number),
    tokenHash: tokenHash(number),
    ...(version % 2 === 0 && { expiresAt: at(number) }),
    ...(version > 0 && { previousTokenId: tokenId(number - 1), previousHash: tokenHash(number - 1) }),
  })
}

/** Does one operation on both; leaves out what both would refuse. */
export async function apply(operation: Operation, tx: StoreTransaction, model: Model): Promise<void> {
  switch (operation.do) {
    case 'save-device': {
      const saved = device(operation.device, { operatorLabel: operation.label })
      model.devices.set(saved.id, saved)
      return tx.saveDevice(saved)
    }
    case 'delete-device': {
      const id = deviceId(operation.device)
      model.devices.delete(id)
      for (const map of [model.tokens, model.access])
        for (const [key, { deviceId: owner }] of map) if (owner === id) map.delete(key)
      return tx.deleteDevice(id)
    }
    case 'save-token': {
      const saved = tokenVersion(operation.device, operation.role, operation.version)
      if (!model.devices.has(saved.deviceId)) return
      model.tokens.set(`${saved.deviceId} ${saved.role}`, saved)
      return tx.saveToken(saved)
    }
    case 'insert-access-token':
      return insertAccess(operation, tx, model)
    case 'insert-session': {
      const inserted = session(operation.session)
      if (model.sessions.has(inserted.id)) return
      model.sessions.set(inserted.id, inserted)
      return tx.insertSession(inserted)
    }
    case 'append': {
      const event = operation.removes ? removed(operation.device) : approved(operation.device)
      const { ref: actor, connId } = OWNER
      model.events.push({ seq: model.events.length + 1, epoch: 1, at: at(1), actor, connId, event })
      return append(tx, event, OWNER, at(1))
    }
    default:
      return applyToRequest(operation, tx, model)
  }
}

async function insertAccess(
  { device: n, role, until }: Extract<Operation, { do: 'insert-access-token' }>,
  tx: StoreTransaction,
  { tokens, access }: Model,
): Promise<void> {
  const parent = tokens.get(`${deviceId(n)} ${role}`)
  const number = secretNumber(n, role, until)
  if (!parent || access.has(tokenHash(number))) return
  const { deviceId: owner, tokenId: parentId, sessionId, scopes } = parent
  const facts = {
    role,
    parentId,
    sessionId,
    scopes,
    audience: undefined,
    route: undefined,
    createdAt: at(1),
    expiresAt: until,
  }
  const inserted: AccessToken = { hash: tokenHash(number), deviceId: owner, ...facts }
  access.set(inserted.hash, inserted)
  return tx.insertAccessToken(inserted)
}

type RequestOperation = Extract<Operation, { readonly request: number }>

async function applyToRequest(
  operation: RequestOperation,
  tx: StoreTransaction,
  { requests }: Model,
): Promise<void> {
  const id = requestId(operation.request)
  const found = requests.get(id)
  if (operation.do === 'insert-request') {
    if (found) return
    const inserted = request(operation.request, {
      deviceId: deviceId(operation.device),
      remoteIp: `192.0.2.${operation.device}`,
      createdAt: operation.at,
      expiresAt: operation.until,
    })
    requests.set(id, inserted)
    return tx.insertRequest(inserted)
  }
  const open = found?.state === 'open' ? found : undefined
  if (operation.do === 'refresh') {
    if (open) requests.set(id, { ...open, refreshedAt: operation.at, expiresAt: operation.until })
    return tx.refreshRequest(
      request(operation.request, { refreshedAt: operation.at, expiresAt: operation.until }),
    )
  }
  const decision = { state: operation.state, decidedAt: operation.at }
  if (open) requests.set(id, decided(open, decision))
  assert.equal(await tx.settleRequest(decided(request(operation.request), decision)), open !== undefined)
}

export function noteUses({ tokens, devices }: Model, uses: readonly TokenUse[]): void {
  for (const use of uses) {
    const [key, used] = [...tokens].find(([, one]) => one.tokenId === use.tokenId) ?? []
    if (key && used && (used.lastUsedAt ?? -1) < use.at) tokens.set(key, { ...used, lastUsedAt: use.at })
    const seen = devices.get(use.deviceId)
    if (seen && (seen.lastSeenAt ?? -1) < use.at)
      devices.set(use.deviceId, { ...seen, lastSeenAt: use.at, lastSeenIp: use.ip })
  }
}

export function forget({ requests }: Model, before: Instant): void {
  for (const [id, one] of requests) {
    const ended = one.state === 'open' ? one.expiresAt : one.decidedAt
    if (ended < before) requests.delete(id)
  }
}

export function forgetAccess({ access }: Model, before: Instant): void {
  for (const [hash, one] of access) if (one.expiresAt < before) access.delete(hash)
}

/** Every read of the port, held against the model. */
export async function assertSame(read: StoreReader, model: Model, now: Instant): Promise<void> {
  const devices = [...model.devices.values()].sort((one, other) => one.pairedAt - other.pairedAt)
  assert.deepEqual(await read.listDevices(), devices)
  assert.deepEqual((await read.listSessions()).length, model.sessions.size)
  for (const one of model.sessions.values()) {
    assert.deepEqual(await read.findSession(one.id), one)
    assert.deepEqual(await read.findSessionByKey(one.key), one)
  }
  await assertSameTokens(read, model)
  await assertSameAccess(read, model, now)
  await assertSameRequests(read, model, now)
  const events = await read.eventsAfter(0, 1_000)
  assert.deepEqual(
    events.map(({ mac: _, prev: __, ...event }) => event),
    model.events,
  )
  assert.equal((await read.eventHead()).mac, events.at(-1)?.mac ?? '')
  assert.equal(await read.headSeq(), model.events.length)
  for (let n = 0; n < 3; n += 1)
    assert.equal(await read.wasRemoved(deviceId(n)), wasRemoved(model, deviceId(n)))
}

function wasRemoved({ events }: Model, id: DeviceId): boolean {
  const last = events.findLast(({ event }) => 'deviceId' in event && event.deviceId === id)
  return last?.event.kind === 'device-removed'
}

async function assertSameTokens(read: StoreReader, { tokens }: Model): Promise<void> {
  assert.equal((await read.listTokens()).length, tokens.size)
  const endOf = ({ expiresAt }: Token) => expiresAt ?? Number.POSITIVE_INFINITY
  const ending = [...tokens.values()].filter((one) => endOf(one) > 1_000 && endOf(one) <= 2_100)
  assert.deepEqual(
    await read.listTokensEnding(at(1_000), at(2_100)),
    ending.sort((one, other) => endOf(one) - endOf(other)),
  )
  for (const one of tokens.values()) {
    assert.deepEqual(await read.findToken(one.deviceId, one.role), one)
    assert.deepEqual(await read.findTokenByHash(one.tokenHash), {
      token: one,
      as: 'current',
      signsOrigin: false,
    })
    if (one.previousHash)
      assert.deepEqual(await read.findTokenByHash(one.previousHash), {
        token: one,
        as: 'previous',
        signsOrigin: false,
      })
  }
}

async function assertSameAccess(read: StoreReader, { access, tokens }: Model, now: Instant): Promise<void> {
  for (const one of access.values()) assert.deepEqual(await read.findAccessToken(one.hash), one)
  for (const parent of tokens.values()) {
    const own = [...access.values()].filter(({ parentId }) => parentId === parent.tokenId)
    const living = own.filter(({ expiresAt }) => expiresAt > now)
    assert.equal(await read.countAccessTokens(parent.tokenId, now), living.length)
  }
}

async function assertSameRequests(read: StoreReader, { requests }: Model, now: Instant): Promise<void> {
  for (const one of requests.values()) assert.deepEqual(await read.findRequest(one.id), one)
  const open = [...requests.values()]
    .filter((one) => one.state === 'open' && one.expiresAt > now)
    .sort((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1))
  assert.deepEqual(await read.listOpenRequests(now), open)
  assert.equal(await read.countOpenRequests(now), open.length)
  const places = await read.listPendingPlaces(now)
  const placeOf = ({ id, deviceId, prefix, createdAt }: PairingRequest) => ({
    id,
    deviceId,
    prefix,
    createdAt,
  })
  assert.deepEqual(new Set(places), new Set(open.map(placeOf)))
  for (let n = 0; n < 3; n += 1) {
    const own = open.filter((one) => one.deviceId === deviceId(n))
    assert.deepEqual(await read.listOpenRequests(now, deviceId(n)), own)
    assert.equal(await read.countOpenRequestsFrom(`192.0.2.${n}`, now), own.length)
  }
}
