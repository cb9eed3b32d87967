import type { ObjectNode } from '@humanwhocodes/momoa'
import { rangeOf } from './config-tree.ts'

/** How a new entry of an object is written, so that it looks like its neighbours. */
export interface Layout {
  /** Comes before the entry. */
  readonly lead: string
  /** The white space before a new line of the object, and before its closing brace. */
  readonly inner: string
  readonly outer: string
  /** All of the object stands on one line. */
  readonly isOneLine: boolean
  /** What an empty object needs between its first entry and its brace. */
  readonly tail: string
  /** The file is plain JSON, and stays that. */
  readonly isJson: boolean
}

const STEP = '  '

export function layoutOf(text: string, home: ObjectNode): Layout {
  const { start, end } = rangeOf(home)
  const inside = text.slice(start + 1, end - 1)
  const isEmpty = home.members.length === 0
  const isOneLine = !inside.includes('\n') && !(isEmpty && text.trim().includes('\n'))
  const outer = indentAt(text, end - 1)
  const last = home.members.at(-1)
  const own = last && startsLine(text, rangeOf(last).start) ? indentAt(text, rangeOf(last).start) : undefined
  const inner = own ?? outer + STEP
  return {
    lead: isOneLine ? ' ' : `\n${inner}`,
    inner,
    outer,
    isOneLine,
    tail: tailOf(inside, isOneLine ? ' ' : `\n${outer}`),
    isJson: isPlainJson(text),
  }
}

function tailOf(inside: string, wanted: string): string {
  const space = inside.slice(inside.trimEnd().length)
  return space.includes(wanted.charAt(0)) ? '' : wanted
}

/** An entry with all sections that have to be made for it. */
export function formatEntry(names: readonly string[], value: unknown, layout: Layout): string {
  const [name = '', ...rest] = names
  const key = layout.isJson ? JSON.stringify(name) : name
  if (rest.length === 0) return `${key}: ${formatValue(value)}`
  if (layout.isOneLine) return `${key}: { ${formatEntry(rest, value, layout)} }`
  const inner = layout.inner + STEP
  return `${key}: {\n${inner}${formatEntry(rest, value, { ...layout, inner })}\n${layout.inner}}`
}

/** A value as JSON, which is also JSON5; a list on one line. */
export function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  // JSON lets these two stand in a text, and JSON5 warns about them.
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** Takes out a stretch, with its whole line when nothing else is on it, else with the space on one side. */
export function blankAround(text: string, start: number, end: number) {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const blankBefore = text.slice(lineStart, start).trim() === ''
  const [blankAfter = ''] = /^[^\S\n]*\n?/.exec(text.slice(end)) ?? []
  if (blankBefore && blankAfter.endsWith('\n')) {
    return { start: lineStart, end: end + blankAfter.length, text: '' }
  }
  if (blankBefore) return { start, end: end + blankAfter.length, text: '' }
  return { start: lineStart + text.slice(lineStart, start).trimEnd().length, end, text: '' }
}

function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /^[^\S\n]*/.exec(line)?.[0] ?? ''
}

function startsLine(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === ''
}

function isPlainJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
