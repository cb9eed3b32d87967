import type { IncomingHttpHeaders } from 'node:http'
import type { HttpAsk } from '@pairgate/core'
import type { AppConfig } from '../config/upstream-config.ts'
import { opensSocket } from '../http/cross-site.ts'
import type { Peer } from '../http/peer.ts'
import { readCookie } from '../http/read-cookie.ts'
import { type AppCookies, STATE_MS, setCookie } from './app-cookies.ts'
import type { AppStates } from './app-states.ts'
import type { ConsoleAddress } from './console-address.ts'
import type { FindApp, FoundApp } from './find-app.ts'

/** A way for a browser: where it goes, and what it keeps until it is back. */
export interface Redirect {
  readonly location: string
  readonly setCookie: string
}

export interface StartPairingDeps {
  readonly findApp: FindApp
  readonly cookies: AppCookies
  readonly states: AppStates
  readonly consoleAddress: ConsoleAddress
  /** A new value for the cookie by which a browser is recognised. */
  readonly draw: () => string
}

/** Who is sent to the pairing page, and from where. */
export interface StartAsk {
  readonly headers: IncomingHttpHeaders
  readonly peer: Peer
  /** What was asked for at the app, if that can be said for sure. */
  readonly asked: HttpAsk | undefined
}

/** Sends a browser from an app to the pairing page; `undefined` where that leads nowhere. */
export type StartPairing = (ask: StartAsk) => Redirect | undefined

const STATE_VALUE = /^[A-Za-z0-9_-]{43}$/
/** Longer ones are cut, so that the address of the page stays one that every program takes. */
const LONGEST_TARGET = 2_000

/**
 * A browser keeps its cookie of state and is asked for the same by every tab, so that tabs that are opened at
 * once do not take it from each other.
 */
export function createStartPairing(deps: StartPairingDeps): StartPairing {
  const { cookies, states, consoleAddress, draw } = deps
  return ({ headers, peer, asked }) => {
    if (!asked) return undefined
    const name = cookies.stateName(asked.origin.startsWith('https:') ? 'https' : 'http')
    const app = findOwn(deps, asked)
    const page = app && consoleAddress(app.upstream, peer)
    if (!app || name === undefined || page === undefined || !canEnter(app.upstream)) return undefined
    const known = readCookie(headers.cookie, name)
    const cookie = STATE_VALUE.test(known) ? known : draw()
    const query = new URLSearchParams({ return: app.address, state: states.write(cookie, app.address) })
    return {
      location: `${page}/__pairgate__/pair?${query}`,
      setCookie: setCookie(name, cookie, STATE_MS),
    }
  }
}

/** The app at the address of this request; a target that is too odd to be come back to is shortened. */
function findOwn({ findApp }: StartPairingDeps, { origin, target }: HttpAsk): FoundApp | undefined {
  const [path = ''] = target.split('?')
  const fitting = [target, path, '/'].filter((each) => each.length <= LONGEST_TARGET)
  for (const each of fitting) {
    const app = findApp(origin + each)
    if (app) return app
  }
  return undefined
}

/** No cookie ever holds what opens the gateway itself. */
function canEnter({ scope }: AppConfig): boolean {
  return scope !== 'operator.admin' && scope !== 'operator.pairing'
}

/** Whether a person waits for a page, and no script, image or program for something else. */
export function isNavigation(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || opensSocket(headers)) return false
  const mode = headers['sec-fetch-mode']
  return mode === undefined ? /\btext\/html\b/i.test(headers.accept ?? '') : mode === 'navigate'
}
