import { type DeviceId, hours, type Instant, type Role, type Scope } from '@pairgate/protocol'
import type { DeviceMetadata } from '../domain/device.ts'
import { addGuests, type Guest } from '../domain/guest.ts'
import { createRerun } from '../events/one-by-one.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'

/** One connect of a guest. */
export interface Visit {
  readonly deviceId: DeviceId | undefined
  readonly metadata: DeviceMetadata
  readonly remoteIp: string | undefined
  readonly role: Role
  readonly scopes: readonly Scope[]
}

export interface GuestBookDeps {
  readonly store: Pick<Store, 'read' | 'saveGuests' | 'trimGuests' | 'forgetGuest'>
  readonly clock: Pick<Clock, 'now' | 'steady'>
  /** So many guests are written down at most. */
  readonly room: number
  /** Whoever was not here for so long is forgotten. */
  readonly keepMs: number
}

const TRIM_EVERY_MS = hours(1)

/**
 * Who was let in without a pairing, and what he did. Noted in memory, where a call costs an addition, and
 * written once a minute and at the end; a crash forgets a minute. Whoever comes when the book is full is only
 * counted: a flood must not push out those for whom it is kept.
 */
export function createGuestBook({ store, clock, room, keepMs }: GuestBookDeps) {
  const guests = new Map<string, Guest>()
  const changed = new Set<string>()
  let unlisted = 0
  const load = createLoad({ store, room }, guests, (visits) => {
    unlisted += visits
  })
  let trimmedAt = Number.NEGATIVE_INFINITY

  async function write(): Promise<void> {
    if (changed.size > 0) {
      await load()
      const keys = [...changed]
      changed.clear()
      try {
        await store.saveGuests(keys.flatMap((key) => guests.get(key) ?? []))
      } catch (error) {
        for (const key of keys) changed.add(key)
        throw error
      }
    }
    const now = clock.steady()
    if (now - trimmedAt < TRIM_EVERY_MS) return
    const before = (now - keepMs) as Instant
    await store.trimGuests(before, room)
    for (const [key, { lastAt }] of guests) if (lastAt < before) guests.delete(key)
    trimmedAt = now
  }

  return {
    /** @returns under which name he is in the book, for `called`. */
    arrived(visit: Visit): string {
      const guest = guestOf(visit, clock.now())
      const here = guests.get(guest.key)
      if (here) guests.set(guest.key, addGuests(here, guest))
      else if (guests.size < room) guests.set(guest.key, guest)
      else unlisted += 1
      if (guests.has(guest.key)) changed.add(guest.key)
      return guest.key
    },
    called(key: string, method: string): void {
      const guest = guests.get(key)
      if (!guest) return
      const methods = { ...guest.methods, [method]: (guest.methods[method] ?? 0) + 1 }
      guests.set(key, { ...guest, lastAt: clock.now(), methods })
      changed.add(key)
    },
    /** Those who are in the book, the latest first, and how many visits found no room there since the start. */
    async list(): Promise<{ readonly guests: readonly Guest[]; readonly unlisted: number }> {
      await load()
      return { guests: [...guests.values()].sort((one, other) => other.lastAt - one.lastAt), unlisted }
    },
    async forget(deviceId: DeviceId): Promise<void> {
      guests.delete(deviceId)
      changed.delete(deviceId)
      await store.forgetGuest(deviceId)
    },
    write: createRerun(write),
  }
}

/** Reads once who was here before; after a failure it is tried again. Their places are not for who came meanwhile. */
function createLoad(
  { store, room }: Pick<GuestBookDeps, 'store' | 'room'>,
  guests: Map<string, Guest>,
  turnAway: (visits: number) => void,
) {
  let loading: Promise<void> | undefined

  async function readAll(): Promise<void> {
    const stored = await store.read.listGuests(room)
    const came = [...guests.values()]
    guests.clear()
    for (const guest of stored) guests.set(guest.key, guest)
    for (const guest of came) {
      const here = guests.get(guest.key)
      // Whoever was here before was counted from nothing.
      if (here) guests.set(guest.key, addGuests(here, guest))
      else if (guests.size < room) guests.set(guest.key, guest)
      else turnAway(guest.connects)
    }
  }
  return (): Promise<void> => {
    loading ??= readAll().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

export type GuestBook = ReturnType<typeof createGuestBook>

function guestOf({ deviceId, metadata, remoteIp, role, scopes }: Visit, now: Instant): Guest {
  const key = deviceId ?? JSON.stringify([metadata.clientId ?? '', metadata.clientMode ?? '', remoteIp ?? ''])
  const came = { firstAt: now, lastAt: now, connects: 1 }
  return { ...metadata, key, deviceId, remoteIp, ...came, roles: [role], scopes, methods: {} }
}
