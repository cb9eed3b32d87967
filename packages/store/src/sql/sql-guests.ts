import type { Guest, StoreReader } from '@pairgate/core'
import type { DeviceId, Instant, Role, Scope } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import type { GuestRow, Tables } from './tables.ts'

export function readGuests(db: Kysely<Tables>): Pick<StoreReader, 'listGuests'> {
  return {
    async listGuests(limit) {
      const query = db.selectFrom('guests').selectAll().orderBy('last_at', 'desc').orderBy('key').limit(limit)
      return (await query.execute()).map(toGuest)
    },
  }
}

/** Each as it is now, whatever was there before. */
export async function saveGuests(db: Kysely<Tables>, guests: readonly Guest[]): Promise<void> {
  for (const guest of guests) {
    const { key, ...rest } = fromGuest(guest)
    await db
      .insertInto('guests')
      .values({ key, ...rest })
      .onConflict((conflict) => conflict.columns(['key']).doUpdateSet(rest))
      .execute()
  }
}

/** Deletes who was here last before a moment, and the oldest beyond so many; those of one moment go together. */
export async function trimGuests(db: Kysely<Tables>, before: Instant, keep: number): Promise<void> {
  await db.deleteFrom('guests').where('last_at', '<', before).execute()
  const newest = db.selectFrom('guests').select('last_at').orderBy('last_at', 'desc')
  const last = await newest.limit(1).offset(keep).executeTakeFirst()
  if (last) await db.deleteFrom('guests').where('last_at', '<=', last.last_at).execute()
}

export async function forgetGuest(db: Kysely<Tables>, only: DeviceId): Promise<void> {
  await db.deleteFrom('guests').where('key', '=', only).execute()
}

function fromGuest(guest: Guest): GuestRow {
  return {
    key: guest.key,
    device_id: guest.deviceId ?? null,
    remote_ip: guest.remoteIp ?? null,
    display_name: guest.displayName ?? null,
    platform: guest.platform ?? null,
    device_family: guest.deviceFamily ?? null,
    client_id: guest.clientId ?? null,
    client_mode: guest.clientMode ?? null,
    first_at: guest.firstAt,
    last_at: guest.lastAt,
    connects: guest.connects,
    roles: JSON.stringify(guest.roles),
    scopes: JSON.stringify(guest.scopes),
    methods: JSON.stringify(guest.methods),
  }
}

function toGuest(row: GuestRow): Guest {
  return {
    key: row.key,
    deviceId: row.device_id === null ? undefined : (row.device_id as DeviceId),
    remoteIp: row.remote_ip ?? undefined,
    displayName: row.display_name ?? undefined,
    platform: row.platform ?? undefined,
    deviceFamily: row.device_family ?? undefined,
    clientId: row.client_id ?? undefined,
    clientMode: row.client_mode ?? undefined,
    firstAt: row.first_at as Instant,
    lastAt: row.last_at as Instant,
    connects: row.connects,
    roles: JSON.parse(row.roles) as readonly Role[],
    scopes: JSON.parse(row.scopes) as readonly Scope[],
    methods: JSON.parse(row.methods) as Guest['methods'],
  }
}
