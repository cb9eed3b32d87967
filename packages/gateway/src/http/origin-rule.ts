import { parseHost } from './host-header.ts'
import type { Peer } from './peer.ts'

export interface OriginFacts extends Pick<Peer, 'host' | 'scheme'> {
  readonly allowedOrigins: readonly string[]
  /** Once it is known: clients that are web pages always send an origin, so a missing one is a lie. */
  readonly clientId?: string
}

export type OriginVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'origin not allowed' | 'origin missing or invalid' }

const ALLOWED: OriginVerdict = { allowed: true }
const FOREIGN: OriginVerdict = { allowed: false, reason: 'origin not allowed' }
const INVALID: OriginVerdict = { allowed: false, reason: 'origin missing or invalid' }

const PAGES: ReadonlySet<string> = new Set(['openclaw-control-ui', 'webchat-ui', 'webchat'])
const WEB_ORIGIN = /^(https?):\/\/([^/?#@\s]+)$/

/**
 * Judges the `Origin` header. No header means no browser, which is fine. A browser page may connect if
 * its origin is listed, or if it is our own: same scheme, same host and same port as the `Host` header,
 * which the host rule has accepted before. Another program's page on the same machine has another port.
 */
export function judgeOrigin(origin: string | undefined, facts: OriginFacts): OriginVerdict {
  if (origin === undefined) {
    return facts.clientId !== undefined && PAGES.has(facts.clientId) ? INVALID : ALLOWED
  }
  if (facts.allowedOrigins.includes(origin)) return ALLOWED
  const match = WEB_ORIGIN.exec(origin)
  if (!match) return INVALID
  return isOwn(match[1] ?? '', match[2] ?? '', facts) ? ALLOWED : FOREIGN
}

function isOwn(scheme: string, originHost: string, facts: OriginFacts): boolean {
  const page = parseHost(originHost)
  const here = parseHost(facts.host ?? '')
  if (!page || !here || page.name !== here.name) return false
  if (facts.scheme !== undefined && facts.scheme !== scheme) return false
  // Browsers leave the default port out of both headers; other programs may write it into `Host`.
  const fallback = scheme === 'https' ? 443 : 80
  return (page.port ?? fallback) === (here.port ?? fallback)
}
