import type { IncomingMessage } from 'node:http'
import type { Core } from '@pairgate/core'
import { askedByItself } from '../http/asked-for.ts'
import type { Peer } from '../http/peer.ts'
import { readCookie } from '../http/read-cookie.ts'
import { type AppCookies, setCookie } from './app-cookies.ts'
import type { AppStates } from './app-states.ts'
import type { FindApp } from './find-app.ts'
import type { Redirect } from './start-pairing.ts'

export interface EnterPageDeps {
  readonly core: Pick<Core, 'enterApp'>
  readonly findApp: FindApp
  readonly cookies: AppCookies
  readonly states: AppStates
}

export const ENTER_PATH = '/__pairgate__/enter'

/** Path and query at which a ticket is exchanged. */
export function enterTarget(ticket: string, returnTarget: string): string {
  return `${ENTER_PATH}?${new URLSearchParams({ ticket, return: returnTarget })}`
}

/** What the target of such a request says, each at most once. */
export function readEnterTarget(url: string): { readonly ticket: string; readonly returnTarget: string } {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  const only = (name: string) => (query.getAll(name).length === 1 ? (query.get(name) ?? '') : '')
  return { ticket: only('ticket'), returnTarget: only('return') }
}

/**
 * Exchanges a ticket for the cookie of its app, in the browser that has been at the app before. Whatever does
 * not fit, the answer is the same.
 */
export function createEnterPage({ core, findApp, cookies, states }: EnterPageDeps) {
  return async (request: IncomingMessage, peer: Peer): Promise<Redirect | undefined> => {
    const { ticket, returnTarget } = readEnterTarget(request.url ?? '')
    const origin = askedByItself(request, peer)?.origin
    const app = origin && findApp(origin + returnTarget)
    const stateName = cookies.stateName(peer.scheme)
    const name = app && cookies.of(app.upstream, peer.scheme)?.name
    if (!app || stateName === undefined || name === undefined) return undefined
    const state = readCookie(request.headers.cookie, stateName)
    if (state === 'absent' || state === 'unclear') return undefined
    const entered = await core.enterApp({
      ticket,
      stateHash: states.hashOf(state),
      returnTo: app.address,
      route: app.upstream.route,
      scope: app.upstream.scope,
      lifetimeMs: cookies.lifetimeMs(peer.scheme),
    })
    if (!entered.ok) return undefined
    const { secret, createdAt, expiresAt } = entered.value
    return { location: app.target.raw, setCookie: setCookie(name, secret, expiresAt - createdAt) }
  }
}
