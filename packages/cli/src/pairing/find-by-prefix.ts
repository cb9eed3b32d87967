import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'

/** Shorter beginnings are too easily typed for another one. */
export const SHORTEST_PREFIX = 8

export type Found<T> =
  | { readonly kind: 'one'; readonly row: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'many'; readonly rows: readonly T[] }

/** The row with this id, or the only one whose id begins with it. */
export function findByPrefix<T>(rows: readonly T[], idOf: (row: T) => string, typed: string): Found<T> {
  const text = typed.trim().toLowerCase()
  const exact = rows.find((row) => idOf(row).toLowerCase() === text)
  if (exact !== undefined) return { kind: 'one', row: exact }
  if (text.length < SHORTEST_PREFIX) return { kind: 'none' }

  const matches = rows.filter((row) => idOf(row).toLowerCase().startsWith(text))
  const [only] = matches
  if (only === undefined) return { kind: 'none' }
  return matches.length === 1 ? { kind: 'one', row: only } : { kind: 'many', rows: matches }
}

/** The failure for a beginning that fits several ids; `nameOf` tells people which is which. */
export function ambiguousId<T>(typed: string, rows: readonly T[], nameOf: (row: T) => string): CommandError {
  const candidates = rows.map((row) => `  ${cleanText(nameOf(row))}`)
  return new CommandError(`"${cleanText(typed)}" fits ${rows.length} ids; write more of the one you mean:`, {
    next: candidates,
  })
}

const COMPLETE = /^(?:[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

/** Whether an id is whole: a device id, or the UUID of a request. Only then may it go out unresolved. */
export function isCompleteId(text: string): boolean {
  return COMPLETE.test(text)
}

/**
 * The shortest beginnings, of at least eight letters, that still tell all these ids apart.
 * Two equal ids get the whole id.
 */
export function shortIds(ids: readonly string[]): readonly string[] {
  const unique = new Set(ids)
  let length = SHORTEST_PREFIX
  while (new Set([...unique].map((id) => id.slice(0, length))).size < unique.size) length += 1
  return ids.map((id) => id.slice(0, length))
}
