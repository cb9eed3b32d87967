import type { IncomingHttpHeaders } from 'node:http'
import { type AddressList, type IpAddress, parseIp } from './ip-address.ts'

/** Names by which somebody says that a request is another's and is being passed on. */
const FORWARDING =
  /^(?:x-forwarded.*|cf-connecting-ip.*|tailscale-.*|forwarded|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-forwarded-for|x-envoy-external-address|true-client-ip|fastly-client-ip)$/

/** Whether any header of a request says so. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  // Node has written the names in lower case.
  for (const name in headers) if (isForwardingName(name)) return true
  return false
}

/** Whether a header by this name, in lower case, says so. */
export function isForwardingName(name: string): boolean {
  return FORWARDING.test(name)
}

/** `absent`: the proxy named nobody. `unclear`: it named something that is no address, or two peers. */
export type ForwardedClient = IpAddress | 'absent' | 'unclear'

/**
 * Whom a trusted proxy speaks for: the right-most hop that is no trusted proxy itself, because each
 * proxy appends and whatever stands further left was written by the client.
 */
export function forwardedClient(headers: IncomingHttpHeaders, trusted: AddressList): ForwardedClient {
  const lists = [readList(headers['x-forwarded-for'], parseHop), readForwarded(headers['forwarded'])]
  const clients = lists.flatMap((hops) => (hops.length === 0 ? [] : [nearestStranger(hops, trusted)]))
  const [first, second] = clients
  if (first === undefined) return 'absent'
  // A proxy that writes one of the two often passes the other on unread: if they differ, one is forged.
  const agree = second === undefined || String(first) === String(second)
  return agree ? first : 'unclear'
}

/** The scheme the client used, if a trusted proxy says so. */
export function forwardedScheme(headers: IncomingHttpHeaders): 'http' | 'https' | undefined {
  const said = readList(headers['x-forwarded-proto'], (part) => part.toLowerCase()).at(-1)
  if (said === 'https' || said === 'wss') return 'https'
  return said === 'http' || said === 'ws' ? 'http' : undefined
}

type Hop = IpAddress | undefined

function nearestStranger(hops: readonly Hop[], trusted: AddressList): IpAddress | 'unclear' {
  for (const hop of hops.toReversed()) {
    if (hop === undefined) return 'unclear'
    if (!trusted.includes(hop)) return hop
  }
  return hops[0] ?? 'unclear'
}

function readList<T>(header: string | string[] | undefined, read: (part: string) => T): readonly T[] {
  if (header === undefined) return []
  const text = Array.isArray(header) ? header.join(',') : header
  return text.split(',').map((part) => read(part.trim()))
}

/** RFC 7239, section 4: `name=value`, the value plain or in quotes, and what follows it. */
const PAIR = /[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))[ \t]*(;|,|$)/y

/**
 * Letter by letter, because a comma in quotes ends nothing: a proxy may repeat there what its client wrote, such as
 * the host. What cannot be read to its end is unclear as a whole.
 */
function readForwarded(header: string | undefined): readonly Hop[] {
  if (header === undefined) return []
  const hops: Hop[] = []
  let named: string[] = []
  for (let at = 0, isLast = false; !isLast; at = PAIR.lastIndex) {
    PAIR.lastIndex = at
    const pair = PAIR.exec(header)
    if (!pair) return [undefined]
    const [, name = '', quoted, plain = '', end] = pair
    if (name.toLowerCase() === 'for') named.push(quoted?.replace(/\\(.)/g, '$1') ?? plain)
    isLast = end === ''
    if (end === ';') continue
    hops.push(named.length === 1 ? parseHop(named[0] ?? '') : undefined)
    named = []
  }
  return hops
}

/** `192.0.2.1`, `2001:db8::1`, and with a port `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function parseHop(text: string): Hop {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)
  if (bracketed) return parseIp(bracketed[1] ?? '')
  return parseIp(text) ?? parseIp(text.replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1'))
}
