import {
  type DeviceChoice,
  type DeviceOrder,
  type DeviceReach,
  type DeviceSort,
  MOST_COUNTED,
  type StoreReader,
} from '@pairgate/core'
import type { DeviceId } from '@pairgate/protocol'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListOf } from './engine-words.ts'
import { toDevice } from './rows.ts'
import type { DeviceRow, Tables } from './tables.ts'

type Condition = RawBuilder<boolean>

/** What each order sorts by, written as its index is. */
const KEYS: Readonly<Record<DeviceSort, RawBuilder<string | number>>> = {
  name: sql`devices.name_key`,
  paired: sql`devices.paired_at`,
  seen: sql`coalesce(devices.last_seen_at, 0)`,
  expires: sql`devices.first_end`,
}

type PlacedRow = DeviceRow & { readonly place: string | number }

export function readDevicePages(db: Kysely<Tables>, listOf: ListOf): Pick<StoreReader, 'pageDevices'> {
  return {
    async pageDevices(choice, order) {
      const conditions = chosen(choice, listOf)
      const total = await count(db, conditions)
      const isRare = conditions.length > 0 && total <= RARE
      const { rows } = await (isRare ? pageOfFew : pageOfMany)(conditions, order).execute(db)
      const devices = rows.map(({ place: key, ...row }) => ({
        device: toDevice(row),
        place: { key, id: row.id as DeviceId },
      }))
      return { devices, total }
    },
  }
}

/** So few are sorted sooner than found again in the order of an index, which leads through the table at random. */
const RARE = 5_000

/** Walks an index from the right place on; enough is found soon. */
function pageOfMany(conditions: readonly Condition[], order: DeviceOrder): RawBuilder<PlacedRow> {
  const place = KEYS[order.sort]
  return sql`select devices.*, ${place} as place from devices
    where ${allOf([...conditions, ...behind(place, order)])} ${sorted(place, order)}`
}

/** Finds all that are meant before it sorts. */
function pageOfFew(conditions: readonly Condition[], order: DeviceOrder): RawBuilder<PlacedRow> {
  const place = sql<string | number>`meant.place`
  return sql`with meant as materialized
      (select devices.id, ${KEYS[order.sort]} as place from devices where ${allOf(conditions)})
    select devices.*, meant.place from meant join devices on devices.id = meant.id
    where ${allOf(behind(place, order))} ${sorted(place, order)}`
}

function sorted(place: RawBuilder<unknown>, { descending, limit }: DeviceOrder): RawBuilder<unknown> {
  const direction = descending ? sql`desc` : sql`asc`
  return sql`order by ${place} ${direction}, devices.id ${direction} limit ${limit}`
}

async function count(db: Kysely<Tables>, conditions: readonly Condition[]): Promise<number> {
  const query = sql<{ readonly count: number }>`select count(*) as count from
    (select 1 from devices where ${allOf(conditions)} limit ${MOST_COUNTED + 1}) as meant`
  const { rows } = await query.execute(db)
  return Number(rows[0]?.count ?? 0)
}

function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`1 = 1` : sql`${sql.join(conditions, sql` and `)}`
}

/** In two steps, so that both engines begin at the right place of an index. */
function behind(key: RawBuilder<unknown>, { descending, after }: DeviceOrder): readonly Condition[] {
  if (!after) return []
  const { key: from, id } = after
  return descending
    ? [sql`${key} <= ${from}`, sql`(${key} < ${from} or devices.id < ${id})`]
    : [sql`${key} >= ${from}`, sql`(${key} > ${from} or devices.id > ${id})`]
}

function chosen(choice: DeviceChoice, listOf: ListOf): readonly Condition[] {
  const { reach, search, state, connected, role, session } = choice
  const conditions: Condition[] = []
  if (reach !== 'all') conditions.push(within(reach))
  if (search !== undefined) conditions.push(found(search))
  if (session !== undefined)
    conditions.push(sql`devices.id in (select device_id from tokens where session_id = ${session})`)
  if (role !== undefined) conditions.push(sql`devices.roles like ${`%"${role}"%`}`)
  if (state !== undefined) conditions.push(inState(choice))
  if (connected) {
    const word = connected.is ? sql`in` : sql`not in`
    conditions.push(sql`devices.id ${word} ${listOf(connected.ids)}`)
  }
  return conditions
}

/** As `mayManage` judges one: the own device, and those whose tokens all open one session. */
function within({ own, home }: Exclude<DeviceReach, 'all'>): Condition {
  const [ownId, homeId] = [own ?? '', home ?? '']
  return sql`devices.id in (select device_id from tokens where session_id = ${homeId} union select cast(${ownId} as text))
    and (devices.id = ${ownId} or not ${hasToken(sql`session_id <> ${homeId}`)})`
}

function hasToken(condition: RawBuilder<unknown>): Condition {
  return sql`exists (select 1 from tokens where device_id = devices.id and ${condition})`
}

/** What stands in a pattern for itself. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function found(search: string): Condition {
  const part = `%${escaped(search)}%`
  const named = sql<boolean>`devices.name_key like ${part} escape '\\'`
  // Most words are neither an address nor the beginning of an id, and the index holds the names.
  if (!/^[0-9a-f.:]+$/.test(search)) return named
  const id = /^[0-9a-f]+$/.test(search)
    ? sql`devices.id >= ${search} and devices.id < ${`${search}g`}`
    : sql`1 = 0`
  return sql`(${named} or devices.last_seen_ip like ${part} or (${id}))`
}

function inState({ state, now, idleMs }: DeviceChoice): Condition {
  if (state === 'revoked') return sql`devices.last_end = 0`
  const live = sql<boolean>`devices.last_end > ${now}`
  const inUse =
    idleMs === undefined ? live : sql<boolean>`(${live} and ${hasToken(usedSince(now - idleMs, now))})`
  return state === 'live' ? inUse : sql`(devices.last_end > 0 and not ${inUse})`
}

/** A token that stands and was used lately enough; each of these counts as use. */
function usedSince(since: number, now: number): Condition {
  return sql`revoked_at is null and (expires_at is null or expires_at > ${now}) and
    (created_at > ${since} or rotated_at > ${since} or renewed_at > ${since} or last_used_at > ${since})`
}
