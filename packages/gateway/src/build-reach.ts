import type { Core } from '@pairgate/core'
import { buildApps } from './apps/build-apps.ts'
import { createEndpoints } from './endpoints/live-endpoints.ts'
import type { GatewayParts } from './gateway-parts.ts'
import type { EntryRules } from './http/entry-rules.ts'
import { thisMachine } from './platform/machine.ts'

export interface ReachDeps {
  readonly core: Pick<Core, 'enterApp'>
  readonly rules: EntryRules
  readonly isClosed: () => boolean
  /** Where the gateway listens. */
  readonly url: () => string | undefined
}

/** How devices reach the gateway, and how browsers get from there into what is behind it. */
export function buildReach({ settings, bind, tls, tokenKey }: GatewayParts, deps: ReachDeps) {
  const { url } = deps
  const { config } = settings
  const endpoints = createEndpoints({ config, bind, url, machine: thisMachine, tls })
  return { url, endpoints, apps: buildApps({ ...deps, config, tokenKey, endpoints }) }
}
