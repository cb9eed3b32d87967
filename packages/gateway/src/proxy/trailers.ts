import type { IncomingMessage } from 'node:http'
import { hopsNamedBy } from './hop-headers.ts'
import { staysBehind } from './request-headers.ts'

/** What frames, routes, opens or changes a message may not come this late (RFC 9110, section 6.5.1). */
const NO_TRAILER =
  /^(?:transfer-encoding|content-.*|host|trailer|connection|cookie|set-cookie|authorization|www-authenticate|proxy-.*|cache-control|expect|range|max-forwards|if-.*|via)$/

/** Whether a header of this name may come behind a body. */
export function mayTrail(name: string): boolean {
  return !NO_TRAILER.test(name.toLowerCase()) && !staysBehind(name)
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/

/**
 * The names of the trailers that a request announces and that may go on. What is a header of it as well stays
 * behind: some programs would take the later one for the header.
 */
export function announcedTrailers(request: IncomingMessage, headers: readonly string[]): readonly string[] {
  const announced = request.headers.trailer
  if (announced === undefined || request.headers['transfer-encoding'] === undefined) return []
  const named = hopsNamedBy(request.headers.connection)
  const said = new Set(headers.filter((_name, at) => at % 2 === 0).map(plain))
  return announced
    .split(',')
    .map((each) => each.trim())
    .filter((each) => NAME.test(each) && !said.has(plain(each)) && mayTrail(each))
    .filter((each) => !named?.has(each.toLowerCase()))
}

/** Of the trailers that came, those that were announced; name and value by turns. */
export function sentTrailers(request: IncomingMessage, names: readonly string[]): [string, string][] {
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  const raw = request.rawTrailers
  return raw.flatMap((name, at): [string, string][] =>
    at % 2 === 0 && wanted.has(name.toLowerCase()) ? [[name, raw[at + 1] ?? '']] : [],
  )
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9-]/g, '-')
}
