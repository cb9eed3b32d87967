import { createHash } from 'node:crypto'
import { hours, minutes } from '@pairgate/protocol'
import type { AppConfig } from '../config/upstream-config.ts'
import type { AppCookieName } from '../http/authenticate.ts'
import type { Peer } from '../http/peer.ts'

/** The cookies that browsers get at the origins of apps. */
export interface AppCookies {
  /** By which a browser is known at an app, or `undefined` where it gets no cookie. */
  of(upstream: AppConfig, scheme: Peer['scheme']): AppCookieName | undefined
  /** By which it is recognised when it comes with a ticket; `undefined` where it gets none. */
  stateName(scheme: Peer['scheme']): string | undefined
  /** How long that of an app is good. */
  lifetimeMs(scheme: Peer['scheme']): number
}

/** Browsers keep names with this beginning to one host, to TLS, and out of the hands of other hosts. */
const TIED = '__Host-'
const ON_TLS_MS = hours(12)
const PLAIN_MS = minutes(5)
export const STATE_MS = minutes(10)

/**
 * Names are told apart by scheme and route, because browsers send cookies to every port of a host. Without TLS
 * everybody on the way reads along, so there they have to be asked for and are short-lived.
 */
export function createAppCookies({ plainCookies }: { readonly plainCookies: boolean }): AppCookies {
  const names = new Map<AppConfig, Readonly<Record<'http' | 'https', AppCookieName>>>()
  const isGiven = (scheme: Peer['scheme']) => scheme === 'https' || (scheme === 'http' && plainCookies)
  function namesOf(upstream: AppConfig) {
    const known = names.get(upstream)
    if (known) return known
    const { route } = upstream
    const name = `pairgate-app-${keyOf(route)}`
    const made = { http: { name, route }, https: { name: TIED + name, route } }
    names.set(upstream, made)
    return made
  }
  return {
    of: (upstream, scheme) =>
      scheme === undefined || !isGiven(scheme) ? undefined : namesOf(upstream)[scheme],
    stateName: (scheme) => (isGiven(scheme) ? `${scheme === 'https' ? TIED : ''}pairgate-state` : undefined),
    lifetimeMs: (scheme) => (scheme === 'https' ? ON_TLS_MS : PLAIN_MS),
  }
}

/** A `Set-Cookie` header. */
export function setCookie(name: string, value: string, ms: number): string {
  const secure = name.startsWith(TIED) ? '; Secure' : ''
  return `${name}=${value}; Max-Age=${Math.floor(ms / 1_000)}; Path=/; HttpOnly${secure}; SameSite=Lax`
}

function keyOf(route: string): string {
  return createHash('sha256').update(route).digest('hex').slice(0, 12)
}
