import { isOurCookie } from '../http/our-secrets.ts'
import { createRecentlyUsed } from '../platform/recently-used.ts'
import { forOneCaller, isCacheControlOfSome } from './cache-control.ts'
import { hopsNamedBy, isHop, viaUs } from './hop-headers.ts'
import { createNamesInBytes } from './names-in-bytes.ts'
import { mayTrail } from './trailers.ts'

/** What speaks for a whole origin: one app among several must not say it for the others. */
const OF_ORIGIN: ReadonlySet<string> = new Set(['clear-site-data', 'service-worker-allowed'])

/** The headers of an answer as its upstream wrote them. */
export interface WrittenHeaders {
  /** Name and value by turns. */
  readonly raw: readonly (Buffer | string)[]
  /** The same by names in lower case, as far as somebody has read them already: to read them again costs as much. */
  readonly read?: Readonly<Record<string, unknown>>
}

export interface AnswerNotes {
  /** Other upstreams are at the same origin. */
  readonly isShared: boolean
  /** It was for somebody who was let in, and for nobody else. */
  readonly isForCaller: boolean
}

/**
 * The headers of an answer as the client gets them, name and value by turns: without what was for us, without
 * a way around us (`Alt-Svc`), without cookies under names of ours, and so that no cache serves others from what
 * one was let in for.
 */
export function responseHeaders({ raw, read = {} }: WrittenHeaders, notes: AnswerNotes): string[] {
  const sent: string[] = []
  let connection: string | undefined
  let via: string | undefined
  let caching: string | undefined
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const { written, lower, kind } = nameOf(raw[at] ?? '')
    const known = read[lower]
    // A list, or nothing: then each line is read by itself.
    const value = typeof known === 'string' ? known : textOf(raw[at + 1])
    if (kind === 'connection') connection = joined(connection, value)
    if (kind === 'via') via = joined(via, value)
    if (kind === 'cache-control') caching = joined(caching, value)
    if (passes(kind, value, notes)) sent.push(written, value)
  }
  const named = hopsNamedBy(connection)
  const kept = named ? withoutNamed(sent, named) : sent
  kept.push('Via', viaUs(via))
  if (notes.isForCaller) kept.push('Cache-Control', forOneCaller(caching ?? ''))
  return kept
}

type Kind =
  | 'kept'
  | 'dropped'
  | 'connection'
  | 'via'
  | 'set-cookie'
  | 'of-origin'
  | 'cache-control'
  | 'of-caches'

function passes(kind: Kind, value: string, { isShared, isForCaller }: AnswerNotes): boolean {
  if (kind === 'kept') return true
  if (kind === 'set-cookie') return !isOurCookie(value)
  if (kind === 'cache-control' || kind === 'of-caches') return !isForCaller
  return kind === 'of-origin' && !isShared
}

/** All servers send the same few names, and to judge one takes longer than to find it. */
const REMEMBERED = 512
const nameInText = createRecentlyUsed(REMEMBERED, judgeName)
const nameInBytes = createNamesInBytes(judgeName)

interface HeaderName {
  readonly written: string
  readonly lower: string
  readonly kind: Kind
}

function nameOf(raw: Buffer | string): HeaderName {
  return typeof raw === 'string' ? nameInText(raw) : nameInBytes(raw)
}

function judgeName(written: string): HeaderName {
  const lower = written.toLowerCase()
  return { written, lower, kind: kindOf(lower) }
}

function kindOf(name: string): Kind {
  if (name === 'connection' || name === 'via' || name === 'set-cookie' || name === 'cache-control')
    return name
  if (isCacheControlOfSome(name)) return 'of-caches'
  if (OF_ORIGIN.has(name)) return 'of-origin'
  return isHop(name) || name === 'alt-svc' ? 'dropped' : 'kept'
}

function textOf(raw: Buffer | string | undefined): string {
  return typeof raw === 'string' ? raw : (raw?.toString('latin1') ?? '')
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`
}

function withoutNamed(headers: readonly string[], named: ReadonlySet<string>): string[] {
  return headers.filter((_each, at) => !named.has(headers[at - (at % 2)]?.toLowerCase() ?? ''))
}

/** Of those after the body. */
export function responseTrailers(
  trailers: Readonly<Record<string, string | string[] | undefined>>,
): [string, string][] {
  return Object.entries(trailers).flatMap(([name, value]) =>
    value === undefined || !mayTrail(name)
      ? []
      : [value].flat().map((each): [string, string] => [name, each]),
  )
}
