/**
 * Headers that speak to the next program on the way and to no other (RFC 9110, section 7.6.1), with
 * `Keep-Alive` and `Proxy-Connection`, which older programs still send.
 */
const HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** What `Connection` may not take away: who names them would change what the request is. */
const LASTING: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'cookie',
  'authorization',
])

/** Answers of a name in lower case whether it stays behind in every message. */
export function isHop(name: string): boolean {
  return HOP.has(name)
}

/**
 * The names in lower case that stay behind as well, because the header `Connection`, all of its lines, lists them.
 * @returns `undefined` for none, as nearly always.
 */
export function hopsNamedBy(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || /^(?:keep-alive|close|upgrade)$/i.test(connection)) return undefined
  const named = connection
    .toLowerCase()
    .split(',')
    .map((each) => each.trim())
  return new Set(named.filter((name) => !LASTING.has(name)))
}

/** Adds us to the programs on the way. */
export function viaUs(before: string | undefined): string {
  return before === undefined ? VIA : `${before}, ${VIA}`
}
const VIA = '1.1 pairgate'
