import type { DeviceOrder, DevicePlace } from '@pairgate/core'
import { parseDeviceId } from '@pairgate/protocol'

type Sorted = Pick<DeviceOrder, 'sort' | 'descending'>

/** Names are cut before they are sorted, so no key is longer. */
const LONGEST_KEY = 2_000

/** Where the next page begins, as a word of which clients understand nothing. It opens nothing. */
export function writeCursor({ key, id }: DevicePlace, { sort, descending }: Sorted): string {
  return Buffer.from(JSON.stringify([sort, descending, key, id])).toString('base64url')
}

/** @returns `undefined` for what is no cursor, or one of another list. */
export function readCursor(text: string, { sort, descending }: Sorted): DevicePlace | undefined {
  const parts = readJson(Buffer.from(text, 'base64url').toString())
  if (!Array.isArray(parts) || parts.length !== 4) return undefined
  const [ofSort, ofDirection, key, idText]: readonly unknown[] = parts
  const id = typeof idText === 'string' ? parseDeviceId(idText) : undefined
  if (ofSort !== sort || ofDirection !== descending || !id) return undefined
  return isKey(key, sort) ? { key, id } : undefined
}

function isKey(key: unknown, sort: DeviceOrder['sort']): key is string | number {
  if (sort !== 'name') return Number.isSafeInteger(key)
  return typeof key === 'string' && key.length <= LONGEST_KEY && !key.includes('\0')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
