import {
  type AppCookieSecret,
  coversScopes,
  formatAppCookie,
  type Instant,
  parseAppTicket,
  type Scope,
  type TokenHash,
} from '@pairgate/protocol'
import { type AccessToken, accessScopes, childEnd } from '../domain/access-token.ts'
import type { AppTicket } from '../domain/app-ticket.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Token } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import type { StandingAccess } from './standing-access.ts'

/** What a browser shows at the origin of an app. */
export interface EnterAsk {
  readonly ticket: string
  readonly stateHash: string
  readonly returnTo: string
  readonly route: string
  readonly scope: Scope | 'none'
  /** How long its cookie is good. */
  readonly lifetimeMs: number
}

/** The secret is told once and is then forgotten here. */
export interface EnteredApp {
  readonly secret: AppCookieSecret
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export interface EnterAppDeps {
  readonly store: Pick<Store, 'mutate' | 'read'>
  readonly access: Pick<StandingAccess, 'forget'>
  readonly clock: Pick<Clock, 'now'>
  readonly random: Pick<Random, 'secretBits'>
  readonly crypto: Pick<Crypto, 'hashToken' | 'sha256'>
}

/** A browser has one for each name of an app; what goes beyond was forgotten by it. */
const KEPT_PER_ROUTE = 8

/**
 * Exchanges a ticket for the cookie of one app, once. A ticket that does not fit is refused in the same way
 * whatever does not fit, and is left for the browser that it was made for.
 */
export function createEnterApp({ store, access, clock, random, crypto }: EnterAppDeps) {
  return async (ask: EnterAsk): Promise<Result<EnteredApp>> => {
    const shown = parseAppTicket(ask.ticket)
    if (!shown) return refuse({ reason: 'ticket-invalid' })
    const hash = crypto.hashToken(shown)
    const returnHash = crypto.sha256(ask.returnTo)
    // Strangers make up what they like, and must not make those wait who decide something.
    const known = await store.read.findAppTicket(hash)
    if (!known) return refuse({ reason: 'ticket-invalid' })
    const entered = await store.mutate<Result<EnteredApp>>(async (tx) => {
      const now = clock.now()
      const ticket = await tx.findAppTicket(hash)
      const parent = ticket && (await tx.findToken(ticket.deviceId, ticket.role))
      const fits =
        ticket && parent && isFor(ticket, { ...ask, returnHash }) && opens(ticket, parent, { ...ask, now })
      if (!fits || !(await tx.takeAppTicket(hash))) return refuse({ reason: 'ticket-invalid' })

      const secret = formatAppCookie(random.secretBits())
      const cookie = cookieOf(ticket, crypto.hashToken(secret), {
        createdAt: now,
        expiresAt: childEnd(parent, now, ask.lifetimeMs),
      })
      await tx.trimAppCookies(ticket.parentId, ticket.route, KEPT_PER_ROUTE - 1)
      await tx.insertAccessToken(cookie)
      return ok({ secret, createdAt: now, expiresAt: cookie.expiresAt })
    })
    // One that had to make room is remembered no longer.
    if (entered.ok) access.forget(known.deviceId)
    return entered
  }
}

function isFor(
  ticket: AppTicket,
  { stateHash, returnHash, route }: EnterAsk & { readonly returnHash: string },
): boolean {
  return ticket.stateHash === stateHash && ticket.returnHash === returnHash && ticket.route === route
}

/** Whether the device would be let in now: its token may have been revoked since it asked. */
function opens(
  ticket: AppTicket,
  parent: Token,
  { scope, now }: Pick<EnterAsk, 'scope'> & { readonly now: Instant },
): boolean {
  const scopes = accessScopes(ticket, parent, now)
  return scopes !== undefined && (scope === 'none' || coversScopes(scopes, [scope]))
}

function cookieOf(
  { deviceId, role, parentId, sessionId, scopes, route }: AppTicket,
  hash: TokenHash,
  times: Pick<AccessToken, 'createdAt' | 'expiresAt'>,
): AccessToken {
  return { hash, deviceId, role, parentId, sessionId, scopes, audience: undefined, route, ...times }
}
