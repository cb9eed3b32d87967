import type { DeviceId, Instant, InvitationId, Role, Scope } from '@pairgate/protocol'
import { findHome, type Home } from '../access/home-session.ts'
import type { PendingPlace } from '../domain/choose-to-leave.ts'
import { type Device, type DeviceMetadata, tidyMetadata } from '../domain/device.ts'
import {
  coversAsk,
  type OpenRequest,
  type RequestWhy,
  refreshRequest,
  requestEnds,
} from '../domain/pairing-request.ts'
import { ok, type Result } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { Feed } from '../ports/feed.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { Random } from '../ports/random.ts'
import type { Store, StoreReader, StoreTransaction } from '../ports/store.ts'
import { createMakeRoom, type MakeRoom, type PendingLimits } from './make-room.ts'
import type { RoomMade } from './room-made.ts'
import type { ShownRequests } from './shown-requests.ts'

export interface RequestToFile {
  readonly deviceId: DeviceId
  readonly publicKey: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly metadata: DeviceMetadata
  readonly remoteIp: string | undefined
  readonly prefix: string
  readonly why: RequestWhy
  /** The invitation that the device brought and that has to be confirmed. */
  readonly invitationId?: InvitationId | undefined
  /** How long it stands at least; left out, as long as any other. */
  readonly until?: Instant | undefined
  /** Whether the device still has to ask, judged inside the transaction. */
  readonly stillNeeded: (tx: StoreReader) => Promise<boolean>
}

export interface Filed {
  readonly request: OpenRequest
  readonly device: Device | undefined
  /** Filed now, and not asked for once more. */
  readonly isNew: boolean
}

export interface FileRequestDeps {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly crypto: Crypto
  readonly live: LiveConnections
  readonly limits: PendingLimits
  readonly shown: ShownRequests
  readonly roomMade: Pick<RoomMade, 'note'>
  readonly feed: Feed
}

/** How often finished requests are trimmed: whatever strangers file, no more than that many pile up. */
const TRIM_EVERY = 500

/** @returns the request that now stands for the ask, or `undefined` when none is needed any more. */
export type FileRequest = (ask: RequestToFile) => Promise<Result<Filed | undefined>>

/**
 * A device asks to be let in. An open request that already asks for as much is refreshed and keeps its
 * id; another ask stands beside it. Nothing is merged, so nothing rides along (design section 9).
 */
export function createFileRequest(deps: FileRequestDeps): FileRequest {
  const { store, live, clock, limits, feed } = deps
  const makeRoom = createMakeRoom(deps)
  let filed = 0

  return async (ask) => {
    const outcome = await store.mutate(async (tx) => {
      const answer = await fileUnderLock({ ...deps, makeRoom }, ask, tx)
      if (answer.ok && answer.value?.isNew) filed += 1
      if (filed < TRIM_EVERY) return answer
      filed = 0
      await tx.trimRequests(limits.inAll, clock.steady())
      return answer
    })
    if (!outcome.ok || !outcome.value) return outcome
    const { request, device, home, isNew, left } = outcome.value
    const { why: reason, prefix, deviceId: asking } = ask
    feed.note({ kind: isNew ? 'request-filed' : 'request-refreshed', reason, prefix, deviceId: asking })
    // What strangers cause is told, but is no event of the log: else they could fill it.
    if (left) {
      const { id, deviceId, home: from } = left
      feed.note({ kind: 'request-evicted', prefix: left.prefix, deviceId })
      const at = request.createdAt
      live.tell({ kind: 'resolved', requestId: id, deviceId, decision: 'rejected', at, home: from })
    }
    if (isNew) live.tell({ kind: 'requested', request, isRepair: device !== undefined, home })
    return ok({ request, device, isNew })
  }
}

interface FiledUnderLock extends Filed {
  /** Where the asking device lies. */
  readonly home: Home
  /** The request that had to make room, and where its device lies. */
  readonly left: (PendingPlace & { readonly home: Home }) | undefined
}

async function fileUnderLock(
  deps: FileRequestDeps & { readonly makeRoom: MakeRoom },
  ask: RequestToFile,
  tx: StoreTransaction,
): Promise<Result<FiledUnderLock | undefined>> {
  const now = deps.clock.now()
  if (!(await ask.stillNeeded(tx))) return ok(undefined)
  const device = await tx.findDevice(ask.deviceId)
  const home = await findHome(tx, ask.deviceId)
  const own = await tx.listOpenRequests(now, ask.deviceId)

  // An ask that brings an invitation and one that brings none are decided in different ways.
  const covering = own.find(
    (request) => request.invitationId === ask.invitationId && coversAsk(request, ask.role, ask.scopes),
  )
  if (covering) {
    const refreshed = refreshRequest(covering, now, ask.until)
    await tx.refreshRequest(refreshed)
    return ok({ request: refreshed, device, home, isNew: false, left: undefined })
  }

  const room = await deps.makeRoom(ask, { tx, own: own.length, now })
  if (!room.ok) return room
  const request = newRequest(deps, ask, now)
  await tx.insertRequest(request)
  const left = room.value && { ...room.value, home: await findHome(tx, room.value.deviceId) }
  return ok({ request, device, home, isNew: true, left })
}

function newRequest(
  { random, crypto }: FileRequestDeps,
  ask: RequestToFile,
  now: OpenRequest['createdAt'],
): OpenRequest {
  const { deviceId, publicKey, role, remoteIp, prefix, why, invitationId } = ask
  const metadata = tidyMetadata(ask.metadata)
  const id = random.requestId()
  const scopes = [...new Set(ask.scopes)]
  // JSON of a list has one spelling, so equal digests mean that the same things were shown.
  const shown = [
    id,
    deviceId,
    publicKey,
    role,
    scopes,
    metadata.displayName,
    metadata.platform,
    metadata.deviceFamily,
    metadata.clientId,
    metadata.clientMode,
    remoteIp,
    invitationId,
  ]
  return {
    state: 'open',
    id,
    deviceId,
    publicKey,
    role,
    scopes,
    why,
    metadata,
    remoteIp,
    prefix,
    invitationId,
    digest: crypto.sha256(JSON.stringify(shown.map((part) => part ?? null))),
    createdAt: now,
    refreshedAt: now,
    expiresAt: requestEnds(now, ask.until),
  }
}
