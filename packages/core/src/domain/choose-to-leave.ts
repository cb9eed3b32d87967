import type { DeviceId, Instant, RequestId } from '@pairgate/protocol'

/** As much of an open request as choosing among them needs. */
export interface PendingPlace {
  readonly id: RequestId
  readonly deviceId: DeviceId
  /** Key of the peer that asked. */
  readonly prefix: string
  readonly createdAt: Instant
}

export interface RoomQuestion {
  readonly open: readonly PendingPlace[]
  readonly newcomer: Pick<PendingPlace, 'deviceId' | 'prefix'>
  /** How many devices asked from a peer lately, whatever became of their requests. */
  readonly askedLately: (prefix: string) => number
  /** Whether an operator has been shown the request, and may be about to decide it. */
  readonly isShown: (id: RequestId) => boolean
}

/**
 * Which open request makes room for a new one: the newest of the busiest peer. A peer is as busy as the
 * requests that it holds or the devices that asked from it lately, whichever is more: a flood from many
 * addresses holds few places each, and is told from a person by what it lost already.
 *
 * Among peers that are equally busy the one in the middle of the line gives way: neither those who have
 * waited longest nor the one who just came, so that a person is there long enough to be seen.
 * @returns `undefined` when nobody may be sent away, or when the newcomer's own peer is the busiest.
 */
export function chooseToLeave(question: RoomQuestion): PendingPlace | undefined {
  const { open, newcomer, askedLately, isShown } = question
  const held = new Map<string, number>([[newcomer.prefix, 1]])
  for (const { prefix } of open) held.set(prefix, (held.get(prefix) ?? 0) + 1)
  const busyness = (prefix: string) => Math.max(held.get(prefix) ?? 0, askedLately(prefix))

  const newest = new Map<string, PendingPlace>()
  for (const place of open) {
    if (place.deviceId === newcomer.deviceId || isShown(place.id)) continue
    const known = newest.get(place.prefix)
    if (!known || isNewer(place, known)) newest.set(place.prefix, place)
  }
  let most = 0
  for (const prefix of newest.keys()) most = Math.max(most, busyness(prefix))
  if (busyness(newcomer.prefix) > most) return undefined
  const equals = [...newest.values()].filter(({ prefix }) => busyness(prefix) === most)
  const inLine = equals.sort((one, other) => (isNewer(one, other) ? 1 : -1))
  return inLine[Math.floor(inLine.length / 2)]
}

function isNewer(one: PendingPlace, other: PendingPlace): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt > other.createdAt
  return one.id > other.id
}
