import { minutes, parseScope, SCOPES, type Scope, seconds } from '@pairgate/protocol'
import { parseHost } from '../http/host-header.ts'
import { nearestWord } from './nearest-word.ts'
import { isSettingsObject } from './settings-object.ts'
import type {
  AppConfig,
  SessionPlace,
  UpstreamConfig,
  UpstreamTarget,
  UpstreamTimeouts,
} from './upstream-config.ts'

/** The field that is wrong, and what is wrong with it: the beginning of a sentence. */
class UpstreamFault extends Error {}

type Entry = Readonly<Record<string, unknown>>

const FIELDS = [
  'match',
  'target',
  'tls',
  'scope',
  'session',
  'auth',
  'stripPrefix',
  'websocket',
  'timeouts',
  'rawPath',
  'forwardAuth',
]
/** Of an app to which another program passes requests on. */
const FORWARD_AUTH_FIELDS = ['match', 'scope', 'forwardAuth']
const TIMEOUTS: UpstreamTimeouts = { connectMs: seconds(5), responseMs: minutes(1), idleMs: minutes(5) }
const LONGEST_MS = 24 * 60 * minutes(1)
/** What a path of the settings may be made of is never encoded in a request, so letters can be compared. */
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/
const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/
/** Letters in the last label: a certificate that is for an address is checked by the address of the target. */
const SERVER_NAME = /^(?=.{1,253}$)(?:[a-z0-9-]{1,63}\.)*[a-z][a-z0-9-]{0,62}$/i
const OURS =
  /^(?:x-pairgate-|x-forwarded-|host$|connection$|cookie$|authorization$|content-|transfer-encoding$)/i

/** What the entries of `gateway.upstreams` say. Throws for entries in which `upstreamsFault` finds a fault. */
export function readUpstreams(entries: readonly unknown[]): readonly UpstreamConfig[] {
  return entries.filter((entry) => !isForwardAuth(entry)).map(readUpstream)
}

/** Those of them about which only a proxy asks. */
export function readForwardAuth(entries: readonly unknown[]): readonly AppConfig[] {
  return entries.filter(isForwardAuth).map(readForwardAuthEntry)
}

/** What is wrong with the first entry that cannot be meant, or `undefined`. */
export function upstreamsFault(entries: readonly unknown[]): string | undefined {
  const places = new Map<string, boolean>()
  for (const [at, entry] of entries.entries()) {
    const found = faultOf(entry, places)
    if (found !== undefined) return `entry ${at + 1}, ${found}`
  }
  return undefined
}

/** @param places routes and hosts of the entries before, and whether another program passes their requests on. */
function faultOf(entry: unknown, places: Map<string, boolean>): string | undefined {
  try {
    const isForwarded = isForwardAuth(entry)
    const { route, host } = isForwarded ? readForwardAuthEntry(entry) : readUpstream(entry)
    if (places.has(`/${route}`)) return 'match: another entry has the same host and path'
    if (host !== undefined && (places.get(host) ?? isForwarded) !== isForwarded)
      return 'match.host: of the entries of one host either all have forwardAuth or none has'
    places.set(`/${route}`, isForwarded).set(host ?? '', isForwarded)
    return undefined
  } catch (error) {
    if (error instanceof UpstreamFault) return error.message
    throw error
  }
}

function isForwardAuth(entry: unknown): entry is Entry {
  return isSettingsObject(entry) && entry['forwardAuth'] === true
}

function readForwardAuthEntry(entry: Entry): AppConfig {
  refuseUnknown(entry, FIELDS, '')
  for (const name of Object.keys(entry)) {
    if (!FORWARD_AUTH_FIELDS.includes(name))
      fail(name, 'with forwardAuth another program passes the requests on; leave it out')
  }
  const place = readPlace(entry['match'])
  if (place.host === undefined) fail('match', 'with forwardAuth it needs a host')
  if (place.segments.includes(undefined)) fail('match.path', 'with forwardAuth it names no session')
  const { written: _, ...facts } = place
  return { ...facts, auth: 'required', scope: readScope(entry, 'required') }
}

/** Where an app lies, and its segments as they are written. */
function readPlace(match: unknown) {
  const { host, path } = readMatch(match)
  const written = path.split('/').filter((segment) => segment !== '')
  const segments = written.map((segment) => (segment.startsWith(':') ? undefined : segment))
  const route = [host ?? '', ...segments.map((segment) => segment ?? ':')].join('/')
  return { host, segments, route, written }
}

function readUpstream(entry: unknown): UpstreamConfig {
  if (!isSettingsObject(entry)) throw new UpstreamFault('it is no object with a match and a target')
  refuseUnknown(entry, FIELDS, '')
  readFlag(entry, 'forwardAuth')
  const { written, ...place } = readPlace(entry['match'])
  const { host, segments } = place
  const auth = readWord(entry, 'auth', ['required', 'optional', 'public'])
  const upstream = {
    ...place,
    target: readTarget(entry['target'], entry['tls']),
    auth,
    scope: readScope(entry, auth),
    session: readSession(entry, { auth, segments: written }),
    stripPrefix: readFlag(entry, 'stripPrefix'),
    websocket: readFlag(entry, 'websocket'),
    rawPath: readFlag(entry, 'rawPath'),
    timeouts: readTimeouts(entry['timeouts']),
  }
  const isWhole = host !== undefined && segments.length === 0
  if (upstream.rawPath && !isWhole)
    fail('rawPath', 'only an upstream with a host of its own and no path may have it')
  return upstream
}

function readMatch(match: unknown): { readonly host: string | undefined; readonly path: string } {
  if (!isSettingsObject(match)) return fail('match', 'it must be an object with a host, a path, or both')
  refuseUnknown(match, ['host', 'path'], 'match.')
  const { host, path = '/' } = match
  if (host === undefined && match['path'] === undefined) fail('match', 'it needs a host, a path, or both')
  if (typeof path !== 'string' || !isPath(path)) fail('match.path', `${shown(path)} is no path such as /app`)
  if (host === undefined) return { host, path: String(path) }
  const name = typeof host === 'string' ? parseHost(host) : undefined
  if (!name || name.port !== undefined)
    return fail('match.host', `${shown(host)} is no host name; write it without scheme and port`)
  return { host: name.name, path: String(path) }
}

function isPath(path: string): boolean {
  const [before, ...segments] = path.split('/')
  if (path === '/') return true
  const names = segments.filter((segment) => segment.startsWith(':'))
  return before === '' && names.length <= 1 && segments.every((each) => SEGMENT.test(each.replace(/^:/, '')))
}

function readTarget(target: unknown, tls: unknown): UpstreamTarget {
  const text = typeof target === 'string' ? target : ''
  if (tls !== undefined && !text.startsWith('https://')) fail('tls', 'only a target with https:// has it')
  if (/^unix:\/[^\0\r\n]{1,106}$/.test(text))
    return { name: text, origin: 'http://localhost', socketPath: text.slice('unix:'.length), tls: undefined }
  const [, scheme, host = ''] = /^(https?):\/\/([^/?#@\s]+)$/.exec(text) ?? []
  if (scheme === undefined || !parseHost(host) || !URL.canParse(text))
    return fail(
      'target',
      `${shown(target)} is no address such as http://127.0.0.1:3000 or unix:/run/app.sock, without a path`,
    )
  return { name: text, origin: text, socketPath: undefined, tls: readTls(tls) }
}

function readTls(tls: unknown): UpstreamTarget['tls'] {
  if (tls === undefined) return undefined
  if (!isSettingsObject(tls)) return fail('tls', 'it must be an object with ca, serverName, or both')
  refuseUnknown(tls, ['ca', 'serverName'], 'tls.')
  const { ca, serverName } = tls
  if (ca !== undefined && (typeof ca !== 'string' || !/^\/[^\0\r\n]+$/.test(ca)))
    fail('tls.ca', `${shown(ca)} is no path from the root such as /etc/ssl/app-ca.pem`)
  if (serverName !== undefined && (typeof serverName !== 'string' || !SERVER_NAME.test(serverName)))
    fail('tls.serverName', `${shown(serverName)} is no host name such as app.example`)
  return { ca: ca as string | undefined, serverName: serverName as string | undefined }
}

function readScope(entry: Entry, auth: UpstreamConfig['auth']): Scope | 'none' {
  const { scope } = entry
  if (auth === 'public') {
    return scope === undefined
      ? 'none'
      : fail('scope', 'with auth "public" nobody is asked for one; leave it out')
  }
  if (scope === 'none') return scope
  const parsed = typeof scope === 'string' ? parseScope(scope) : undefined
  if (parsed) return parsed
  const words = `Use "none" or one of ${SCOPES.map((each) => `"${each}"`).join(', ')}`
  return fail(
    'scope',
    scope === undefined ? `it is missing. ${words}` : `${shown(scope)} is no scope. ${words}`,
  )
}

function readSession(
  entry: Entry,
  { auth, segments }: { readonly auth: UpstreamConfig['auth']; readonly segments: readonly string[] },
): SessionPlace | undefined {
  const { session } = entry
  const at = segments.findIndex((segment) => segment.startsWith(':'))
  if (session === undefined) {
    return at < 0
      ? undefined
      : fail('match.path', `${shown(segments[at])} needs a session.pathParameter that names it`)
  }
  if (!isSettingsObject(session))
    return fail('session', 'it must be an object with a header or a pathParameter')
  refuseUnknown(session, ['header', 'pathParameter'], 'session.')
  if (auth !== 'required') fail('session', 'only with auth "required" is it known whose session is meant')
  const { header, pathParameter } = session
  if ((header === undefined) === (pathParameter === undefined))
    fail('session', 'it needs a header or a pathParameter')
  if (header !== undefined) {
    if (typeof header !== 'string' || !HEADER_NAME.test(header) || OURS.test(header))
      return fail('session.header', `${shown(header)} is no header that an upstream may be asked by`)
    return at < 0
      ? { kind: 'header', name: header.toLowerCase() }
      : fail('match.path', 'a header names the session already')
  }
  if (segments[at] !== `:${String(pathParameter)}`)
    fail('session.pathParameter', `match.path has no segment ${shown(`:${String(pathParameter)}`)}`)
  return { kind: 'segment', at }
}

function readTimeouts(timeouts: unknown): UpstreamTimeouts {
  if (timeouts === undefined) return TIMEOUTS
  const names = Object.keys(TIMEOUTS)
  if (!isSettingsObject(timeouts)) return fail('timeouts', `it must be an object with ${names.join(', ')}`)
  refuseUnknown(timeouts, names, 'timeouts.')
  for (const [name, ms] of Object.entries(timeouts)) {
    if (!Number.isInteger(ms) || Number(ms) < 1 || Number(ms) > LONGEST_MS)
      fail(`timeouts.${name}`, `${shown(ms)} is no number of milliseconds from 1 to ${LONGEST_MS}`)
  }
  return { ...TIMEOUTS, ...timeouts }
}

function readFlag(entry: Entry, name: string): boolean {
  const value = entry[name] ?? false
  return typeof value === 'boolean' ? value : fail(name, `${shown(value)} is neither true nor false`)
}

function readWord<T extends string>(entry: Entry, name: string, words: readonly [T, ...T[]]): T {
  const value = entry[name] ?? words[0]
  const word = words.find((each) => each === value)
  return word ?? fail(name, `${shown(value)} is none of ${words.map((each) => `"${each}"`).join(', ')}`)
}

function refuseUnknown(entry: Entry, known: readonly string[], prefix: string): void {
  for (const name of Object.keys(entry)) {
    if (known.includes(name)) continue
    const nearest = nearestWord(name, known)
    fail(
      `${prefix}${name}`,
      nearest === undefined ? 'there is no such field' : `there is no such field; did you mean "${nearest}"?`,
    )
  }
}

function fail(field: string, what: string): never {
  throw new UpstreamFault(`${field}: ${what}`)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
