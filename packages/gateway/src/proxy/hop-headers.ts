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

/** Answers of a name in lower case whether it stays behind; `connection` is that header, all of its lines. */
export function createIsHop(connection: string | undefined): (name: string) => boolean {
  if (connection === undefined || /^(?:keep-alive|close|upgrade)$/i.test(connection)) return isHop
  const named = new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((each) => each.trim()),
  )
  return (name) => HOP.has(name) || (named.has(name) && !LASTING.has(name))
}

function isHop(name: string): boolean {
  return HOP.has(name)
}

/** Adds us to the programs on the way. */
export function viaUs(before: string | undefined): string {
  return before === undefined ? VIA : `${before}, ${VIA}`
}
const VIA = '1.1 pairgate'
