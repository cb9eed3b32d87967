import type { Core } from '@pairgate/core'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { Endpoint } from '../endpoints/choose-endpoints.ts'
import type { EntryRules } from '../http/entry-rules.ts'
import { randomKey } from '../platform/node-random.ts'
import { createRoutes } from '../proxy/find-upstream.ts'
import { judgesOf } from '../proxy/judges-of-doors.ts'
import { type AppCookies, createAppCookies } from './app-cookies.ts'
import { type AppPages, createAppPages } from './app-pages.ts'
import { type AppStates, createAppStates } from './app-states.ts'
import { createConsoleAddress } from './console-address.ts'
import { createEnterPage } from './enter-page.ts'
import { createFindApp, type FindApp } from './find-app.ts'
import { createStartPairing } from './start-pairing.ts'

/** How browsers get into what is behind the gateway. */
export interface AppDoor {
  readonly findApp: FindApp
  readonly states: AppStates
  readonly cookies: AppCookies
  readonly pages: AppPages
}

export interface BuildAppsDeps {
  readonly config: Pick<GatewayConfig, 'pairing' | 'upstreams'>
  readonly core: Pick<Core, 'enterApp'>
  readonly rules: EntryRules
  readonly tokenKey: Uint8Array
  readonly endpoints: () => readonly Endpoint[]
  /** Where the gateway listens. */
  readonly url: () => string | undefined
  readonly isClosed: () => boolean
}

/** Wires all that. @returns `undefined` when there is nothing behind the gateway. */
export function buildApps(deps: BuildAppsDeps): AppDoor | undefined {
  const { config, core, rules, tokenKey, endpoints, url, isClosed } = deps
  const { all } = config.upstreams
  if (all.length === 0) return undefined
  const routes = createRoutes(all)
  const findApp = createFindApp({ routes, rules })
  const states = createAppStates(tokenKey)
  const cookies = createAppCookies(config.upstreams)
  const consoleAddress = createConsoleAddress({
    publicUrl: () => config.pairing.publicUrl,
    endpoints,
    port: () => portOf(url()),
  })
  const draw = () => Buffer.from(randomKey()).toString('base64url')
  const pages = createAppPages({
    // A ticket is the one secret of ours that stands in an address, and only here.
    judge: judgesOf(rules, routes.hosts, () => false),
    enter: createEnterPage({ core, findApp, cookies, states }),
    start: createStartPairing({ findApp, cookies, states, consoleAddress, draw }),
    isClosed,
  })
  return { findApp, states, cookies, pages }
}

function portOf(url: string | undefined): number | undefined {
  const port = /:(\d+)$/.exec(url ?? '')?.[1]
  return port === undefined ? undefined : Number(port)
}
