import type { IncomingMessage } from 'node:http'
import type { Core } from '@pairgate/core'
import { sharesPort } from '../config/check-upstreams.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { AppConfig } from '../config/upstream-config.ts'
import type { Endpoint } from '../endpoints/choose-endpoints.ts'
import { createReadAskedFor } from '../http/asked-for.ts'
import type { EntryRules } from '../http/entry-rules.ts'
import { randomKey } from '../platform/node-random.ts'
import { createRoutes, type Door, liesBelow, type Routes } from '../proxy/find-upstream.ts'
import { judgeTarget } from '../proxy/judge-target.ts'
import { createWider, judgesOf } from '../proxy/judges-of-doors.ts'
import { type AppCookies, createAppCookies } from './app-cookies.ts'
import { type AppPages, createAppPages } from './app-pages.ts'
import { type AppStates, createAppStates } from './app-states.ts'
import { createConsoleAddress } from './console-address.ts'
import { createEnterPage } from './enter-page.ts'
import { createFindApp, type FindApp } from './find-app.ts'
import { createStartPage } from './start-page.ts'
import { createStartPairing, type StartPairing } from './start-pairing.ts'
import { createVerifiedApps, isVerifyTarget, type VerifiedApps } from './verified-apps.ts'

/** How browsers get into what is behind the gateway. */
export interface AppDoor {
  readonly routes: Routes<AppConfig>
  readonly findApp: FindApp
  readonly states: AppStates
  readonly cookies: AppCookies
  readonly pages: AppPages
  readonly start: StartPairing
  /** By which door a request on the port of the gateway goes on; `undefined`: it is for the gateway itself. */
  doorOf(request: IncomingMessage): Door | undefined
  /** What a proxy asks about the apps that it serves itself; `undefined` where there are none. */
  readonly verified: VerifiedApps | undefined
}

export interface BuildAppsDeps {
  readonly config: Pick<GatewayConfig, 'controlUi' | 'pairing' | 'port' | 'upstreams'>
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
  const { all, forwardAuth } = config.upstreams
  if (all.length + forwardAuth.length === 0) return undefined
  const routes = createRoutes<AppConfig>([...all, ...forwardAuth])
  const verified = createVerifiedApps(forwardAuth)
  const isShared = sharesPort(config)
  const mounts = all.filter(({ host }) => host === undefined)
  const findApp = createFindApp({ routes, rules })
  const states = createAppStates(tokenKey)
  const cookies = createAppCookies(config.upstreams)
  const consoleAddress = createConsoleAddress({
    isServed: config.controlUi.enabled,
    publicUrl: () => config.pairing.publicUrl,
    endpoints,
    port: () => portOf(url()),
  })
  const draw = () => Buffer.from(randomKey()).toString('base64url')
  const start = createStartPairing({ findApp, cookies, states, consoleAddress, draw })
  const wider = createWider(rules, new Set(routes.hosts))
  const readAskedFor = createReadAskedFor({
    get hostRule() {
      return wider()
    },
  })
  const pages = createAppPages({
    // A ticket is the one secret of ours that stands in an address, and only here.
    judge: judgesOf(rules, routes.hosts, () => false),
    enter: createEnterPage({ core, findApp, cookies, states }),
    start,
    startOver: createStartPage({ readAskedFor, start }),
    isClosed,
  })
  return {
    routes,
    findApp,
    states,
    cookies,
    pages,
    start,
    doorOf({ headers: { host }, url = '' }) {
      // By the name of an app that it serves, a proxy may ask about it.
      if (verified?.ownsHost(host) && isVerifyTarget(url)) return undefined
      if (routes.ownsHost(host)) return 'gateway'
      return isShared && isBelowAny(mounts, url) ? 'upstreams' : undefined
    },
    verified,
  }
}

/** What the route by which proxies ask needs to know; `undefined` where there are no apps that they serve. */
export function proxiedApps(door: AppDoor | undefined) {
  const verified = door?.verified
  return verified && { verified, cookies: door.cookies, start: door.start }
}

function isBelowAny(mounts: readonly AppConfig[], url: string): boolean {
  const segments = judgeTarget(url)?.segments
  return segments !== undefined && mounts.some((each) => liesBelow(each, segments))
}

function portOf(url: string | undefined): number | undefined {
  const port = /:(\d+)$/.exec(url ?? '')?.[1]
  return port === undefined ? undefined : Number(port)
}
