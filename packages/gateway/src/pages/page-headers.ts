import type { Peer } from '../http/peer.ts'

/** What a page may do, and who may put it where. */
export function pageHeaders(peer: Pick<Peer, 'host' | 'scheme'>): Readonly<Record<string, string>> {
  return { ...FOR_ALL, ...FOR_PAGES, 'Content-Security-Policy': pagePolicy(peer) }
}

/** The same for what pages load: nothing of it is a page, also if somebody opens it as one. */
export const ASSET_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
}

const FOR_ALL = { 'Cross-Origin-Resource-Policy': 'same-origin' }
const FOR_PAGES = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), display-capture=(), publickey-credentials-get=()',
  // For browsers that do not know frame-ancestors.
  'X-Frame-Options': 'DENY',
}

/**
 * Everything from this very origin and nothing inline. Not every browser takes 'self' for the WebSocket of the
 * same host, so it is named; `Host` was judged before, and holds nothing that could end the directive.
 */
function pagePolicy({ host = '', scheme }: Pick<Peer, 'host' | 'scheme'>): string {
  const sockets = scheme === undefined ? [`wss://${host}`, `ws://${host}`] : [`${SOCKET[scheme]}://${host}`]
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    `connect-src 'self' ${sockets.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

const SOCKET = { http: 'ws', https: 'wss' } as const
