import type { IncomingMessage } from 'node:http'
import { forwardedClient, forwardedScheme, isForwarded } from './forwarding-headers.ts'
import { type HostName, isLoopbackHost } from './host-header.ts'
import {
  type AddressList,
  formatIp,
  type IpAddress,
  isLoopback,
  limitNetwork,
  limitPrefix,
} from './ip-address.ts'

/** Where a request comes from. A place grants nothing by itself. */
export type Place = 'owner-socket' | 'direct-loopback' | 'remote'

export interface Peer {
  readonly place: Place
  /** A trusted proxy passed it on, so what it says of the request may be believed. */
  readonly proxied: boolean
  /** That proxy has said whom it speaks for. */
  readonly namesClient: boolean
  /** The client's IP address in its one spelling; absent for the owner's socket and direct loopback. */
  readonly address: string | undefined
  /** Key under which limits count this peer: IPv4 address, IPv6 /64, `loopback` or `owner-socket`. */
  readonly prefix: string
  /** The /48 around an IPv6 prefix. */
  readonly network: string | undefined
  /** The `Origin` header as sent: only browsers send one. */
  readonly origin: string | undefined
  /** The `Host` header as sent. */
  readonly host: string | undefined
  /** Scheme of the page that this gateway would serve this client; absent when a proxy does not say. */
  readonly scheme: 'http' | 'https' | undefined
  /** Scopes of the `x-openclaw-scopes` header; it only ever narrows, so it is believed from anybody. */
  readonly scopeCap: readonly string[] | undefined
}

export interface PeerRefusal {
  readonly refusal:
    | 'proxy-untrusted' /** forwarding headers from a peer that is no trusted proxy */
    | 'proxy-unclear' /** a trusted proxy that names its client in no readable way */
    | 'host-ambiguous' /** more than one `Host` header */
    | 'peer-gone' /** the socket was closed before it was looked at */
}

export interface PeerRule {
  readonly trustedProxies: AddressList
  /** `parseSocketIp`, which may remember. */
  readonly addressOf: (text: string) => IpAddress | undefined
  /** `parseHost`, which may remember. */
  readonly hostOf: (text: string) => HostName | undefined
  /** The request came over the owner's Unix socket. */
  readonly ownerSocket: boolean
}

/**
 * Says who sent a request. Whatever a proxy may have written makes the peer remote or refused, never
 * local: a gateway behind a proxy would else take the whole Internet for its owner.
 */
export function describePeer(request: IncomingMessage, rule: PeerRule): Peer | PeerRefusal {
  if (countHosts(request.rawHeaders) > 1) return { refusal: 'host-ambiguous' }
  const forwarded = isForwarded(request.headers)
  if (rule.ownerSocket) return forwarded ? { refusal: 'proxy-untrusted' } : ownerPeer(request)

  const socketAddress = rule.addressOf(request.socket.remoteAddress ?? '')
  if (!socketAddress) return { refusal: 'peer-gone' }
  if (rule.trustedProxies.includes(socketAddress)) return proxiedPeer(request, socketAddress, rule)
  if (forwarded) return { refusal: 'proxy-untrusted' }
  return directPeer(request, socketAddress, rule)
}

function ownerPeer(request: IncomingMessage): Peer {
  return {
    ...said(request),
    place: 'owner-socket',
    proxied: false,
    namesClient: false,
    address: undefined,
    prefix: 'owner-socket',
    network: undefined,
    scheme: 'http',
  }
}

/** Always remote: on a machine with a trusted proxy, a request without headers may be the proxy's too. */
function proxiedPeer(request: IncomingMessage, proxy: IpAddress, rule: PeerRule): Peer | PeerRefusal {
  const client = forwardedClient(request.headers, rule.trustedProxies)
  if (client === 'unclear') return { refusal: 'proxy-unclear' }
  return {
    ...said(request),
    ...remoteFrom(client === 'absent' ? proxy : client),
    proxied: true,
    namesClient: client !== 'absent',
    scheme: forwardedScheme(request.headers) ?? (isEncrypted(request) ? 'https' : undefined),
  }
}

function directPeer(request: IncomingMessage, address: IpAddress, { hostOf }: PeerRule): Peer {
  const { headers } = request
  // A foreign name for a loopback peer is how DNS rebinding looks from here.
  const name = isLoopback(address) ? hostOf(headers.host ?? '') : undefined
  const from = name && isLoopbackHost(name) ? ON_LOOPBACK : remoteFrom(address)
  // Written out: this is made for every request, and to spread two objects takes longer than all the rest of it.
  return {
    place: from.place,
    proxied: false,
    namesClient: false,
    address: from.address,
    prefix: from.prefix,
    network: from.network,
    origin: headers.origin,
    host: headers.host,
    scheme: isEncrypted(request) ? 'https' : 'http',
    scopeCap: readScopeCap(headers['x-openclaw-scopes']),
  }
}

type Whereabouts = Pick<Peer, 'place' | 'address' | 'prefix' | 'network'>

const ON_LOOPBACK: Whereabouts = {
  place: 'direct-loopback',
  address: undefined,
  prefix: 'loopback',
  network: undefined,
}

/** Of addresses that are remembered: an address is longer written than it is compared. */
const remotes = new WeakMap<IpAddress, Whereabouts>()

function remoteFrom(address: IpAddress): Whereabouts {
  const known = remotes.get(address)
  if (known) return known
  const place: Whereabouts = {
    place: 'remote',
    address: formatIp(address),
    prefix: limitPrefix(address),
    network: limitNetwork(address),
  }
  remotes.set(address, place)
  return place
}

function said({ headers }: IncomingMessage): Pick<Peer, 'origin' | 'host' | 'scopeCap'> {
  return { origin: headers.origin, host: headers.host, scopeCap: readScopeCap(headers['x-openclaw-scopes']) }
}

function readScopeCap(header: string | string[] | undefined): readonly string[] | undefined {
  if (header === undefined) return undefined
  return String(header)
    .split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '')
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}

const HOST = 'host'

/** Node keeps the first of several `Host` headers; another program on the way may have judged the last. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === HOST.length && name.toLowerCase() === HOST) count += 1
  }
  return count
}
