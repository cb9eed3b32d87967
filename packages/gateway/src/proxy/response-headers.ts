import { createIsHop, viaUs } from './hop-headers.ts'

const OUR_COOKIE = /^\s*(?:__Host-|__Secure-|__Http-|__Host-Http-)?pairgate/i

/**
 * The headers of an answer as the client gets them, name and value by turns: without what was for us, without
 * a way around us (`Alt-Svc`) and without cookies under names of ours.
 */
export function responseHeaders(raw: readonly (Buffer | string)[]): string[] {
  const headers = raw.map((each) => (typeof each === 'string' ? each : each.toString('latin1')))
  const isHop = createIsHop(valuesOf(headers, 'connection'))
  const sent: string[] = []
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const written = headers[at] as string
    const value = headers[at + 1] as string
    const name = written.toLowerCase()
    if (isHop(name) || name === 'via' || name === 'alt-svc') continue
    if (name === 'set-cookie' && OUR_COOKIE.test(value)) continue
    sent.push(written, value)
  }
  sent.push('Via', viaUs(valuesOf(headers, 'via')))
  return sent
}

/** Of those after the body; what frames or routes a message may not come this late (RFC 9110, section 6.5.1). */
export function responseTrailers(
  trailers: Readonly<Record<string, string | string[] | undefined>>,
): [string, string][] {
  return Object.entries(trailers).flatMap(([name, value]) =>
    value === undefined || NO_TRAILER.test(name)
      ? []
      : [value].flat().map((each): [string, string] => [name, each]),
  )
}
const NO_TRAILER =
  /^(?:transfer-encoding|content-length|content-encoding|content-type|content-range|host|trailer|connection|set-cookie|authorization|cache-control|x-pairgate-.*)$/i

function valuesOf(headers: readonly string[], wanted: string): string | undefined {
  let found: string | undefined
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] as string
    if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue
    found = found === undefined ? (headers[at + 1] as string) : `${found}, ${headers[at + 1]}`
  }
  return found
}
