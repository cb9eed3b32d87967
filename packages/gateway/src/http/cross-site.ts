import type { IncomingHttpHeaders } from 'node:http'
import type { HttpAsk } from '@pairgate/core'

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request that brings a cookie may be the doing of another site's page. A browser sends the cookie
 * whoever has made it ask, so whatever changes something has to come from a page of this very origin, and say
 * so. What cannot be told for sure is refused.
 */
export function isCrossSite(headers: IncomingHttpHeaders, asked: HttpAsk | undefined): boolean {
  if (!asked) return true
  const site = headers['sec-fetch-site']
  if (SAFE.has(asked.method) && !opensSocket(headers))
    return site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate'
  if (headers.origin !== asked.origin) return true
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** Of a request that a proxy asks about, `Upgrade` may have been left out on the way, and these have not. */
export function opensSocket(headers: IncomingHttpHeaders): boolean {
  return (
    headers.upgrade !== undefined ||
    headers['sec-websocket-key'] !== undefined ||
    headers['sec-websocket-version'] !== undefined
  )
}
