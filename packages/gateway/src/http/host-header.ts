import { type IpAddress, isLoopback, isUnspecified, parseIp } from './ip-address.ts'

/** What a `Host` header (or the host of an origin) names. */
export interface HostName {
  /** Lower case, without brackets. */
  readonly name: string
  /** Set when the name is an IP address as such, which no DNS answer can turn into another one. */
  readonly ip: IpAddress | undefined
  /** As written; absent for the default port of the scheme. */
  readonly port: number | undefined
}

const HOST = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*))(?::(\d{1,5}))?$/
/** What URL parsers read as a number, and so as an IPv4 address: `0x7f.1`, `2130706433`, `127.1`. */
const NUMERIC_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

/**
 * Reads a `Host` header strictly: no user part, no trailing dot, no spelling that one program takes for
 * an address and another for a name.
 * @returns `undefined` for anything else.
 */
export function parseHost(text: string): HostName | undefined {
  const match = HOST.exec(text)
  if (!match || text.length > 260) return undefined
  const [, bracketed, plain, digits] = match
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && (port < 1 || port > 65_535 || String(port) !== digits)) return undefined
  const name = (bracketed ?? plain ?? '').toLowerCase()
  const ip = parseIp(name)
  if (bracketed !== undefined) return ip && name.includes(':') ? { name, ip, port } : undefined
  return ip === undefined && NUMERIC_END.test(name) ? undefined : { name, ip, port }
}

/** Whether the host can only be this machine: `localhost` or an address of the loopback. */
export function isLoopbackHost(host: HostName): boolean {
  return host.ip ? isLoopback(host.ip) : host.name === 'localhost'
}

/** `0.0.0.0` and `::` reach the loopback from a browser, past rules that speak of loopback names. */
export function isUnspecifiedHost(host: HostName): boolean {
  return host.ip !== undefined && isUnspecified(host.ip)
}
