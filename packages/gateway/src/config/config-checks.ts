import {
  days,
  hours,
  isMainSession,
  minutes,
  parseDuration,
  parseGatewayUrl,
  parseSessionKey,
  parseTlsPin,
} from '@pairgate/protocol'
import { addressEntryFault, parseIp } from '../http/ip-address.ts'

/** Each answers what is wrong with a value that has the right type, or `undefined`. */

/** The `Origin` header is compared letter by letter, so the list must hold what browsers send. */
function originFault(entry: string): string | undefined {
  if (entry === '*' || entry === 'null') return `"${entry}" would let every web page in; list the origins`
  const web = /^https?:\/\//i.test(entry)
  if (!web) {
    return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/.test(entry) ? undefined : noOrigin(entry)
  }
  if (!URL.canParse(entry)) return noOrigin(entry)
  const canonical = new URL(entry).origin
  return canonical === entry ? undefined : `"${entry}" is not how browsers say it; write "${canonical}"`
}

function noOrigin(entry: string): string {
  return `"${entry}" is no origin such as https://gateway.example:8443`
}

/** Names without port, as they stand in the `Host` header. */
function hostNameFault(entry: string): string | undefined {
  if (parseIp(entry)) return undefined
  return /^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(entry)
    ? undefined
    : `"${entry}" is no host name; write it without scheme and port`
}

export function bindHostFault(host: string): string | undefined {
  return parseIp(host) ? undefined : `"${host}" is no IP address`
}

export function remoteUrlFault(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !['ws:', 'wss:', 'http:', 'https:'].includes(parsed.protocol)) {
    return 'it is no address such as wss://gateway.example:8443'
  }
  if (parsed.username !== '' || parsed.password !== '') return 'it carries a user name or password'
  return parsed.search === '' && parsed.hash === '' ? undefined : 'it carries more than an address and a path'
}

/** Devices dial what stands there, letter by letter. */
export function publicUrlFault(url: string): string | undefined {
  return parseGatewayUrl(url) ? undefined : 'it is no address such as https://gateway.example'
}

/** Host and password may be missing: the server may be behind a Unix socket, or trust this machine. */
export function databaseUrlFault(url: string): string | undefined {
  const isPostgres = /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)
  return isPostgres ? undefined : 'it is no address such as postgres://user:password@host:5432/database'
}

export function tlsFingerprintFault(text: string): string | undefined {
  return parseTlsPin(text) ? undefined : 'it is no SHA-256 fingerprint'
}

/** A key that was pasted where its file should be named would be shown as a path is. */
export function filePathFault(path: string): string | undefined {
  return /-----BEGIN|[\r\n]/.test(path) ? 'it is no path of a file' : undefined
}

/** As long as a wire lifetime may be: a hundred years. */
const LONGEST_MS = days(36_500)

function durationFault(text: string, shortestMs: number, shortest: string): string | undefined {
  const ms = parseDuration(text)
  if (ms === undefined) return `"${text}" is no duration; write a number with s, m, h, d or w`
  if (ms < shortestMs) return `it is shorter than ${shortest}`
  return ms > LONGEST_MS ? 'it is longer than a hundred years' : undefined
}

export function tokenTtlFault(text: string): string | undefined {
  return durationFault(text, minutes(1), 'a minute')
}

/** Last use is written down once a minute, and that of a quiet connection every quarter of an hour. */
export function idleTtlFault(text: string): string | undefined {
  return durationFault(text, hours(1), 'an hour')
}

export function defaultSessionFault(key: string): string | undefined {
  if (key === 'own' || isMainSession(key) || parseSessionKey(key) !== undefined) return undefined
  return `"${key}" cannot be the key of a session`
}

/** The check of a list out of the check of its entries. */
function each(fault: (entry: string) => string | undefined) {
  return (entries: readonly string[]): string | undefined => {
    for (const entry of entries) {
      const found = fault(entry)
      if (found !== undefined) return found
    }
    return undefined
  }
}

export const trustedProxiesFault = each(addressEntryFault)
export const allowedOriginsFault = each(originFault)
export const allowedHostsFault = each(hostNameFault)
