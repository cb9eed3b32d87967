import { isLoopback, parseIp } from '../http/ip-address.ts'

/** From how far a host can be reached: this machine, a private network, or the world for all we know. */
export type Reach = 'machine' | 'private' | 'public'

const PRIVATE_RANGES: readonly string[] = ['private', 'linkLocal', 'uniqueLocal']

/**
 * Judges a host by its look; nothing is resolved. Addresses of a tailnet count as public: they are
 * encrypted, but they lead through other people's networks (protocol fact 13).
 */
export function reachOf(host: string): Reach {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  const address = parseIp(name)
  if (address) {
    if (isLoopback(address)) return 'machine'
    return PRIVATE_RANGES.includes(address.range()) ? 'private' : 'public'
  }
  if (name === 'localhost' || name.endsWith('.localhost')) return 'machine'
  return name.endsWith('.local') ? 'private' : 'public'
}

/** The host of `host:port`, as it stands in an address. */
export function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '')
}
