import type { IncomingMessage } from 'node:http'
import { isForwardingName } from '../http/forwarding-headers.ts'
import { OUR_SECRET, withoutOurCookies } from '../http/our-secrets.ts'
import type { Peer } from '../http/peer.ts'
import { createRecentlyUsed } from '../platform/recently-used.ts'
import { hopsNamedBy, isHop, viaUs } from './hop-headers.ts'

/** What the gateway itself says to an upstream. */
export interface RequestNotes {
  readonly peer: Peer
  /** Who calls, name and value by turns; nobody else's header of such names gets through. */
  readonly identity: readonly string[]
  /** The header that names the session, in lower case; nobody else's header of this name gets through. */
  readonly session: readonly [string, string] | undefined
  /** The `Authorization` header was meant for us. */
  readonly ownAuthorization: boolean
}

/**
 * Only ever said by us, or to us: scopes that one gateway tells another, the proof beside a token. And what some
 * programs take for the target, instead of the one that was judged.
 */
const OURS = /^(?:x-pairgate-|x-openclaw-scopes$|dpop$|x-original-|x-rewrite-url$)/

/**
 * The headers that go on to an upstream, name and value by turns, in the order in which they came: without
 * what is for the next hop, what only we may say, and what would open the gateway (T30, T39).
 */
export function requestHeaders(request: IncomingMessage, notes: RequestNotes): string[] {
  const { rawHeaders, headers } = request
  const named = hopsNamedBy(headers.connection)
  const said = notes.session && nameOf(notes.session[0]).plain
  const sent: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const written = rawHeaders[at] as string
    const { name, plain, staysBehind } = nameOf(written)
    if (staysBehind || named?.has(name) || plain === said) continue
    const value = keptValue(name, rawHeaders[at + 1] as string, notes)
    if (value !== undefined) sent.push(written, value)
  }
  sent.push('via', viaUs(headers.via))
  if (notes.session) sent.push(...notes.session)
  sent.push(...notes.identity)
  pushForwarded(sent, notes.peer)
  // RFC 9110, section 10.1.4: trailers of the answer are passed on to who can read them.
  if (/\btrailers\b/i.test(String(headers['te'] ?? ''))) sent.push('te', 'trailers')
  return sent
}

/**
 * Written anew below; `Expect` was answered by us. Of `Proxy`, which is no header of HTTP, some programs make the
 * variable by which they are told a proxy of their own.
 */
const SET_HERE: ReadonlySet<string> = new Set(['via', 'expect', 'http2-settings', 'proxy'])

interface HeaderName {
  /** In lower case. */
  readonly name: string
  /** Many programs take `X_Pairgate_Device` for `X-Pairgate-Device`: as they read it. */
  readonly plain: string
  readonly staysBehind: boolean
}

/** All clients send the same few names, and to judge one takes longer than to find it. */
const REMEMBERED = 512
/** Longer ones are nobody's in particular, and are not worth the room. */
const LONGEST_REMEMBERED = 64
const known = createRecentlyUsed(REMEMBERED, judgeName)

function nameOf(written: string): HeaderName {
  return written.length > LONGEST_REMEMBERED ? judgeName(written) : known(written)
}

function judgeName(written: string): HeaderName {
  const name = written.toLowerCase()
  const plain = name.replace(/[^a-z0-9-]/g, '-')
  const isOurs = OURS.test(plain) || isForwardingName(plain)
  return { name, plain, staysBehind: isHop(name) || SET_HERE.has(name) || isOurs }
}

/** Whether what somebody calls so is for the next program only, or for the gateway to say, however it is spelt. */
export function staysBehind(written: string): boolean {
  return nameOf(written).staysBehind
}

function keptValue(name: string, value: string, { ownAuthorization }: RequestNotes): string | undefined {
  if (name === 'cookie') return withoutOurCookies(value)
  if (name !== 'authorization') return value
  return ownAuthorization || /^dpop\b/i.test(value) || OUR_SECRET.test(value) ? undefined : value
}

function pushForwarded(sent: string[], { address, host, scheme }: Peer): void {
  sent.push('x-forwarded-for', address ?? '127.0.0.1')
  sent.push('x-forwarded-proto', scheme ?? 'http')
  if (host !== undefined) sent.push('x-forwarded-host', host)
}
