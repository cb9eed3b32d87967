import { isDeepStrictEqual } from 'node:util'
import type { MemberNode, ObjectNode, Token } from '@humanwhocodes/momoa'
import { ConfigError } from '../config-error.ts'
import { parseConfigText } from '../config-file.ts'
import type { ConfigKey } from '../config-schema.ts'
import { nestSettings } from '../nest-settings.ts'
import { type ConfigTree, findMembers, rangeOf, readConfigTree } from './config-tree.ts'
import { blankAround, formatEntry, formatValue, type Layout, layoutOf } from './layout.ts'

/** One change of a config file; without a value the setting is taken out. */
export interface ConfigEdit {
  readonly key: ConfigKey
  readonly value: unknown
}

/**
 * The text with the changes in it, and everything else as it was: comments, order and layout. Throws
 * `ConfigError` rather than answer a text that says anything else than before beside the changes.
 */
export function editConfigText(text: string | undefined, edits: readonly ConfigEdit[], file: string): string {
  if (text === undefined || text.trim() === '') {
    const settings = nestSettings(edits.map(({ key, value }) => [key, value]))
    return `${JSON.stringify(settings, undefined, 2)}\n`
  }
  const { found, problems } = parseConfigText(text, file)
  const unreadable = problems.find(({ path }) => path === undefined)
  if (unreadable) throw new ConfigError(unreadable.message)
  const edited = edits.reduce((current, edit) => applyEdit(current, edit, file), text)
  const wanted = new Map(found)
  for (const { key, value } of edits) {
    if (value === undefined) wanted.delete(key)
    else wanted.set(key, value)
  }
  // The parser that the gateway reads with has the last word over what we have written.
  if (isDeepStrictEqual(parseConfigText(edited, file).found, wanted)) return edited
  throw cannotEdit(file)
}

/** A stretch of the text and what comes in its place. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

function applyEdit(text: string, { key, value }: ConfigEdit, file: string): string {
  const tree = readConfigTree(text)
  if (!tree) throw cannotEdit(file)
  const names = key.split('.')
  const splices = value === undefined ? removal(text, tree, names) : setting(text, tree, { names, value })
  return splices
    .toSorted((one, other) => other.start - one.start)
    .reduce((done, { start, end, text: put }) => done.slice(0, start) + put + done.slice(end), text)
}

interface Setting {
  readonly names: readonly string[]
  readonly value: unknown
}

function setting(text: string, tree: ConfigTree, { names, value }: Setting): readonly Splice[] {
  const found = findMembers(tree, names)
  const deepest = found.at(-1)
  if (deepest && found.length === names.length) {
    const range = rangeOf(deepest.member.value)
    return [{ ...range, text: commentsIn(text, tree, range) + formatValue(value) }]
  }
  const home = deepest?.member.value ?? tree.root
  // A section that is no object: `parseConfigText` says so, and nothing is put into it.
  if (home.type !== 'Object') return []
  const layout = layoutOf(text, home)
  const entry = formatEntry(names.slice(found.length), value, layout)
  return insertion(tree, home, { entry, layout })
}

/** Puts an entry behind the last one, and behind the comments that follow that one. */
function insertion(
  { tokens }: ConfigTree,
  home: ObjectNode,
  { entry, layout }: { readonly entry: string; readonly layout: Layout },
): readonly Splice[] {
  const brace = rangeOf(home).end - 1
  const before = tokens.findLast((token) => rangeOf(token).end <= brace)
  const at = before ? rangeOf(before).end : brace
  const last = home.members.at(-1)
  if (!last) {
    return [{ start: at, end: at, text: `${layout.lead}${entry}${layout.tail}` }]
  }
  const comma = commaAfter(tokens, last, home)
  const put = { start: at, end: at, text: `${layout.lead}${entry}${comma ? ',' : ''}` }
  const { end } = rangeOf(last)
  if (comma) return [put]
  return end === at ? [{ ...put, text: `,${put.text}` }] : [put, { start: end, end, text: ',' }]
}

function removal(text: string, tree: ConfigTree, names: readonly string[]): readonly Splice[] {
  const found = findMembers(tree, names)
  if (found.length < names.length) return []
  // Sections that would be left without anything in them go along.
  const stays = found.findLastIndex(({ home }, depth) => depth === 0 || !holdsOnlyThis(tree, home))
  const target = found[stays]
  if (!target) return []
  const { home, member } = target
  const range = rangeOf(member)
  const comma = commaAfter(tree.tokens, member, home) ?? commaBefore(tree.tokens, member, home)
  const commaRange = comma && rangeOf(comma)
  const kept = commentsIn(text, tree, range)
  if (kept !== '') return [{ ...range, text: kept }, ...cutOut(commaRange)]
  const isNext =
    commaRange && text.slice(range.end, commaRange.start).trim() === '' && commaRange.start >= range.end
  if (isNext) return [blankAround(text, range.start, commaRange.end)]
  return [blankAround(text, range.start, range.end), ...cutOut(commaRange)]
}

function cutOut(range: { readonly start: number; readonly end: number } | undefined): readonly Splice[] {
  return range ? [{ ...range, text: '' }] : []
}

/** The comments inside of what is about to go; somebody wrote them for a reason. */
function commentsIn(
  text: string,
  { tokens }: ConfigTree,
  { start, end }: ReturnType<typeof rangeOf>,
): string {
  return tokens
    .filter((token) => token.type.endsWith('Comment'))
    .map((token) => ({ ...rangeOf(token), close: token.type === 'LineComment' ? '\n' : ' ' }))
    .filter((comment) => comment.start >= start && comment.end <= end)
    .map((comment) => text.slice(comment.start, comment.end) + comment.close)
    .join('')
}

function holdsOnlyThis({ tokens }: ConfigTree, home: ObjectNode): boolean {
  const { start, end } = rangeOf(home)
  const hasComment = tokens.some((token) => {
    const range = rangeOf(token)
    return token.type.endsWith('Comment') && range.start > start && range.end < end
  })
  return home.members.length === 1 && !hasComment
}

function commaAfter(tokens: readonly Token[], member: MemberNode, home: ObjectNode): Token | undefined {
  const { end } = rangeOf(member)
  const next = home.members[home.members.indexOf(member) + 1]
  return commaBetween(tokens, end, next ? rangeOf(next).start : rangeOf(home).end)
}

function commaBefore(tokens: readonly Token[], member: MemberNode, home: ObjectNode): Token | undefined {
  const previous = home.members[home.members.indexOf(member) - 1]
  return previous && commaBetween(tokens, rangeOf(previous).end, rangeOf(member).start)
}

function commaBetween(tokens: readonly Token[], from: number, to: number): Token | undefined {
  return tokens.find((token) => {
    const { start, end } = rangeOf(token)
    return token.type === 'Comma' && start >= from && end <= to
  })
}

function cannotEdit(file: string): ConfigError {
  return new ConfigError(
    `${file} cannot be changed without losing something in it. Correct it there, or make the change there.`,
  )
}
