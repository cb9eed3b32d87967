import type { IncomingMessage } from 'node:http'
import { askedByItself, type ReadAskedFor } from '../http/asked-for.ts'
import type { Peer } from '../http/peer.ts'
import { isNavigation, type Redirect, type StartPairing } from './start-pairing.ts'

export const START_PATH = '/__pairgate__/start'

export interface StartPageDeps {
  readonly readAskedFor: ReadAskedFor
  readonly start: StartPairing
}

/**
 * Sends a browser to the pairing page on behalf of a proxy that was told 401 and cannot pass a redirect on, or
 * by a link of an app that is open to strangers: then `return` names a path at the same origin. Only for
 * navigations, and never for another origin than the one at which it is asked.
 */
export function createStartPage({ readAskedFor, start }: StartPageDeps) {
  return (request: IncomingMessage, peer: Peer): Redirect | undefined => {
    const { headers } = request
    const own = askedByItself(request, peer)
    const told = readAskedFor(request, peer)
    if (!own || !told || told.origin !== own.origin) return undefined
    const isOwn = told.target.startsWith(START_PATH)
    const target = isOwn ? returnTarget(told.target) : told.target
    if (!isNavigation(told.method, headers)) return undefined
    return start({ headers, peer, asked: { ...told, target } })
  }
}

function returnTarget(target: string): string {
  const [wanted = '/', ...more] = new URLSearchParams(target.slice(START_PATH.length + 1)).getAll('return')
  return more.length === 0 && wanted.startsWith('/') ? wanted : '/'
}
