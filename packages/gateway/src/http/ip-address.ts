import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A parsed address; IPv4-mapped IPv6 is folded into IPv4, so that one peer has one spelling. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Reads an address as sockets and proxies write it. Only the plain forms count: `0x7f.1`, `127.1` and
 * `0177.0.0.1` are addresses to some parsers and names to others, and that gap is how filters are passed.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined
  return ipaddr.process(inGroups(text))
}

/**
 * An IPv6 address that ends like one of IPv4, in groups alone. The library takes `::127.0.0.1` for 127.0.0.1, but
 * it is another address, somebody may have it, and that is how systems write it (T06).
 */
function inGroups(text: string): string {
  if (!text.includes(':') || !text.includes('.')) return text
  return text.replace(/\d+\.\d+\.\d+\.\d+$/, (tail) => {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
}

/** Reads a peer address of a socket, which may carry a zone (`fe80::1%eth0`). */
export function parseSocketIp(text: string): IpAddress | undefined {
  const zone = text.indexOf('%')
  return parseIp(zone < 0 ? text : text.slice(0, zone))
}

/** The one spelling of an address. */
export function formatIp(address: IpAddress): string {
  return address.toString()
}

/** Asked several times of each request, and a walk through all ranges there are. */
const ranges = new WeakMap<IpAddress, string>()

function rangeOf(address: IpAddress): string {
  const known = ranges.get(address)
  if (known !== undefined) return known
  const range = address.range()
  ranges.set(address, range)
  return range
}

/** Whether packets to the address stay on this machine. */
export function isLoopback(address: IpAddress): boolean {
  return rangeOf(address) === 'loopback'
}

/** Whether the address stands for "all of this machine's addresses". */
export function isUnspecified(address: IpAddress): boolean {
  return rangeOf(address) === 'unspecified'
}

/**
 * The key under which limits count a peer: an IPv4 address, or the /64 that one IPv6 customer gets
 * (any of its 2^64 addresses costs nothing to use).
 */
export function limitPrefix(address: IpAddress): string {
  if (isLoopback(address)) return 'loopback'
  if (address.kind() === 'ipv4') return formatIp(address)
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${formatIp(address)}/64`)
  return `${network.toString()}/64`
}

/**
 * The wider key of an IPv6 peer: a customer who was given a /48 holds 65,536 of the keys above.
 * @returns `undefined` for IPv4, where an address costs something.
 */
export function limitNetwork(address: IpAddress): string | undefined {
  if (isLoopback(address) || address.kind() === 'ipv4') return undefined
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${formatIp(address)}/48`)
  return `${network.toString()}/48`
}

/** A set of addresses, such as the trusted proxies. */
export interface AddressList {
  includes(address: IpAddress): boolean
}

/** @returns what is wrong with one entry of an address list, or `undefined`. */
export function addressEntryFault(entry: string): string | undefined {
  const range = parseRange(entry)
  if (!range) return `"${entry}" is no IP address and no range such as 10.0.0.0/8`
  return range.bits === 0 ? `"${entry}" holds every address there is` : undefined
}

/** The addresses and ranges of a config list; entries that `addressEntryFault` refuses hold nothing. */
export function addressList(entries: readonly string[]): AddressList {
  const ranges = entries.flatMap((entry) => parseRange(entry) ?? [])
  return {
    includes: (address) =>
      ranges.some(({ network, bits }) =>
        network instanceof ipaddr.IPv4
          ? address instanceof ipaddr.IPv4 && address.match(network, bits)
          : address instanceof ipaddr.IPv6 && address.match(network, bits),
      ),
  }
}

interface AddressRange {
  readonly network: IpAddress
  readonly bits: number
}

function parseRange(entry: string): AddressRange | undefined {
  const slash = entry.indexOf('/')
  const text = slash < 0 ? entry : entry.slice(0, slash)
  const network = parseIp(text)
  if (!network) return undefined
  const whole = network.kind() === 'ipv4' ? 32 : 128
  if (slash < 0) return { network, bits: whole }
  const suffix = entry.slice(slash + 1)
  // A mapped network would need its bits counted from another end: nobody writes that on purpose.
  if (!/^(0|[1-9]\d{0,2})$/.test(suffix) || (whole === 32 && text.includes(':'))) return undefined
  const bits = Number(suffix)
  return bits <= whole ? { network, bits } : undefined
}
