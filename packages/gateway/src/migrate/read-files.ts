import { readStateText } from '../state/private-text.ts'
import { StateError } from '../state/state-error.ts'
import type { RawRow } from './foreign-state.ts'

/** The rows of a file of OpenClaw 2026.2 to 2026.8: an object of rows by their id. */
export async function readRowsFile(path: string): Promise<readonly RawRow[]> {
  const text = await readStateText(path)
  if (text === undefined) return []
  const found = parse(text)
  if (!isRow(found)) {
    // What a parser says of it quotes it, and it holds tokens.
    throw new StateError(`${path} is no JSON object of devices. Put it back from a backup of OpenClaw.`)
  }
  return Object.entries(found).map(([key, row]) => (isRow(row) ? { ...row, key } : { key }))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRow(value: unknown): value is RawRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
