import type { Instant } from '@pairgate/protocol'
import { chooseToLeave, type PendingPlace } from '../domain/choose-to-leave.ts'
import { isOpen } from '../domain/pairing-request.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { StoreTransaction } from '../ports/store.ts'
import { createAskedLately } from './asked-lately.ts'
import type { RoomMade } from './room-made.ts'
import type { ShownRequests } from './shown-requests.ts'

/** How many requests may be open (design section 10). */
export interface PendingLimits {
  readonly perDevice: number
  readonly perPeer: number
  readonly inAll: number
}

export interface MakeRoomDeps {
  readonly limits: PendingLimits
  readonly shown: ShownRequests
  readonly roomMade: Pick<RoomMade, 'note'>
}

interface Pending {
  readonly tx: StoreTransaction
  /** Requests that the asking device has open. */
  readonly own: number
  readonly now: Instant
}

/** @returns the request that had to make room, if one had to. A refusal has written nothing. */
export type MakeRoom = (
  newcomer: Pick<PendingPlace, 'deviceId' | 'prefix'>,
  pending: Pending,
) => Promise<Result<PendingPlace | undefined>>

/** In a flood every request would read all the others; for so long it makes do with what the last one read. */
const PLACES_KNOWN_MS = 1_000

/** Room for one more request: a device and a peer have their own share, and a flood makes room for others. */
export function createMakeRoom({ limits, shown, roomMade }: MakeRoomDeps): MakeRoom {
  const asked = createAskedLately()
  let known = { places: [] as readonly PendingPlace[], at: Number.NEGATIVE_INFINITY }

  async function read(tx: StoreTransaction, now: Instant): Promise<void> {
    known = { places: await tx.listPendingPlaces(now), at: now }
  }
  function choose(newcomer: Parameters<MakeRoom>[0], now: Instant): PendingPlace | undefined {
    const leaving = chooseToLeave({
      open: known.places,
      newcomer,
      askedLately: (prefix) => asked.count(prefix, now),
      isShown: (id) => shown.has(id, now),
    })
    known = { ...known, places: known.places.filter((place) => place !== leaving) }
    return leaving
  }

  return async (newcomer, { tx, own, now }) => {
    asked.note(newcomer, now)
    if (own >= limits.perDevice) return refuse({ reason: 'too-many-pending' })
    if ((await tx.countOpenRequestsFrom(newcomer.prefix, now)) >= limits.perPeer)
      return refuse({ reason: 'too-many-pending' })
    if ((await tx.countOpenRequests(now)) < limits.inAll) return ok(undefined)

    let isFresh = now - known.at >= PLACES_KNOWN_MS
    if (isFresh) await read(tx, now)
    for (;;) {
      const leaving = choose(newcomer, now)
      if (leaving && (await leave(leaving, tx, now))) {
        roomMade.note(now)
        return ok(leaving)
      }
      // One that was decided meanwhile makes no room; another one is tried.
      if (leaving) continue
      if (isFresh) return refuse({ reason: 'too-many-pending' })
      isFresh = true
      await read(tx, now)
    }
  }
}

/**
 * Ends a request that makes room. It does not name the newcomer: who follows that name approves a stranger
 * in the place of the device that was meant.
 */
async function leave({ id }: PendingPlace, tx: StoreTransaction, now: Instant): Promise<boolean> {
  const request = await tx.findRequest(id)
  if (!request || !isOpen(request, now)) return false
  return tx.settleRequest({
    ...request,
    state: 'superseded',
    decidedAt: now,
    decidedBy: 'pending-limit',
    supersededBy: undefined,
  })
}
