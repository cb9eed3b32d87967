import type { Instant } from '@pairgate/protocol'
import { chooseToLeave, type PendingPlace } from '../domain/make-room.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { StoreReader, StoreTransaction } from '../ports/store.ts'
import { createAskedLately } from './asked-lately.ts'
import type { ShownRequests } from './shown-requests.ts'

/** How many requests may be open (design section 10). */
export interface PendingLimits {
  readonly perDevice: number
  readonly perPeer: number
  readonly inAll: number
}

export interface FindRoomDeps {
  readonly limits: PendingLimits
  readonly shown: ShownRequests
}

interface Pending {
  readonly tx: StoreReader
  /** Requests that the asking device has open. */
  readonly own: number
  readonly now: Instant
}

/** @returns the request that has to make room, if one has to. */
export type FindRoom = (
  newcomer: Pick<PendingPlace, 'deviceId' | 'prefix'>,
  pending: Pending,
) => Promise<Result<PendingPlace | undefined>>

/** Room for one more request: a device and a peer have their own share, and a flood makes room for others. */
export function createFindRoom({ limits, shown }: FindRoomDeps): FindRoom {
  const asked = createAskedLately()

  return async (newcomer, { tx, own, now }) => {
    asked.note(newcomer, now)
    if (own >= limits.perDevice) return refuse({ reason: 'too-many-pending' })
    if ((await tx.countOpenRequestsFrom(newcomer.prefix, now)) >= limits.perPeer)
      return refuse({ reason: 'too-many-pending' })
    if ((await tx.countOpenRequests(now)) < limits.inAll) return ok(undefined)

    const leaving = chooseToLeave({
      open: await tx.listPendingPlaces(now),
      newcomer,
      askedLately: (prefix) => asked.count(prefix, now),
      isShown: (id) => shown.has(id, now),
    })
    return leaving ? ok(leaving) : refuse({ reason: 'too-many-pending' })
  }
}

/**
 * Ends a request that makes room. It does not name the newcomer: who follows that name approves a stranger
 * in the place of the device that was meant.
 */
export async function leave({ id }: PendingPlace, tx: StoreTransaction, now: Instant): Promise<void> {
  const request = await tx.findRequest(id)
  if (request?.state !== 'open') return
  await tx.settleRequest({
    ...request,
    state: 'superseded',
    decidedAt: now,
    decidedBy: 'pending-limit',
    supersededBy: undefined,
  })
}
