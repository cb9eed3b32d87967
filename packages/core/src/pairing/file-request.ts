import { type DeviceId, later, type Role, type Scope } from '@pairgate/protocol'
import { type Device, type DeviceMetadata, tidyMetadata } from '../domain/device.ts'
import {
  coversAsk,
  type OpenRequest,
  REQUEST_LIFETIME_MS,
  type RequestWhy,
  refreshRequest,
} from '../domain/pairing-request.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { Random } from '../ports/random.ts'
import type { Store, StoreReader, StoreTransaction } from '../ports/store.ts'

/** How many requests may be open (design section 10). */
export interface PendingLimits {
  readonly perDevice: number
  readonly perPeer: number
  readonly inAll: number
}

export interface RequestToFile {
  readonly deviceId: DeviceId
  readonly publicKey: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly metadata: DeviceMetadata
  readonly remoteIp: string | undefined
  readonly why: RequestWhy
  /** Whether the device still has to ask, judged inside the transaction. */
  readonly stillNeeded: (tx: StoreReader) => Promise<boolean>
}

export interface Filed {
  readonly request: OpenRequest
  readonly device: Device | undefined
}

export interface FileRequestDeps {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly crypto: Crypto
  readonly live: LiveConnections
  readonly limits: PendingLimits
}

/** @returns the request that now stands for the ask, or `undefined` when none is needed any more. */
export type FileRequest = (ask: RequestToFile) => Promise<Result<Filed | undefined>>

/**
 * A device asks to be let in. An open request that already asks for as much is refreshed and keeps its
 * id; another ask stands beside it. Nothing is merged, so nothing rides along (design section 9).
 */
export function createFileRequest(deps: FileRequestDeps): FileRequest {
  return async (ask) => {
    const outcome = await deps.store.mutate(async (tx) => fileUnderLock(deps, ask, tx))
    if (!outcome.ok || !outcome.value) return outcome
    const { request, device, isNew } = outcome.value
    if (isNew) deps.live.tell({ kind: 'requested', request, isRepair: device !== undefined })
    return ok({ request, device })
  }
}

type FiledUnderLock = Filed & { readonly isNew: boolean }

async function fileUnderLock(
  deps: FileRequestDeps,
  ask: RequestToFile,
  tx: StoreTransaction,
): Promise<Result<FiledUnderLock | undefined>> {
  const now = deps.clock.now()
  if (!(await ask.stillNeeded(tx))) return ok(undefined)
  const device = await tx.findDevice(ask.deviceId)
  const own = await tx.listOpenRequests(now, ask.deviceId)

  const covering = own.find((request) => coversAsk(request, ask.role, ask.scopes))
  if (covering) {
    const refreshed = refreshRequest(covering, now)
    await tx.refreshRequest(refreshed)
    return ok({ request: refreshed, device, isNew: false })
  }

  if (await isFull(deps, ask, tx, own.length)) return refuse({ reason: 'too-many-pending' })
  const request = newRequest(deps, ask, now)
  await tx.insertRequest(request)
  return ok({ request, device, isNew: true })
}

async function isFull(
  { limits, clock }: FileRequestDeps,
  ask: RequestToFile,
  tx: StoreReader,
  own: number,
): Promise<boolean> {
  const now = clock.now()
  if (own >= limits.perDevice) return true
  if (ask.remoteIp !== undefined && (await tx.countOpenRequestsFrom(ask.remoteIp, now)) >= limits.perPeer)
    return true
  return (await tx.countOpenRequests(now)) >= limits.inAll
}

function newRequest(
  { random, crypto }: FileRequestDeps,
  ask: RequestToFile,
  now: OpenRequest['createdAt'],
): OpenRequest {
  const { deviceId, publicKey, role, remoteIp, why } = ask
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
    digest: crypto.sha256(JSON.stringify(shown.map((part) => part ?? null))),
    createdAt: now,
    refreshedAt: now,
    expiresAt: later(now, REQUEST_LIFETIME_MS),
  }
}
