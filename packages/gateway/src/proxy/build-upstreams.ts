import type { Core, DevicePrincipal } from '@pairgate/core'
import type { AppDoor } from '../apps/build-apps.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import type { Authenticate } from '../http/authenticate.ts'
import type { EntryRules } from '../http/entry-rules.ts'
import type { StrangerSockets } from '../http/stranger-sockets.ts'
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts'
import type { FaultLog } from '../observe/fault-log.ts'
import type { Log } from '../platform/log.ts'
import { randomNonce } from '../platform/node-random.ts'
import { type Assertions, type AssertionsDeps, openAssertions } from './assertion.ts'
import { createEnterUpstream } from './enter-upstream.ts'
import { createRoutes } from './find-upstream.ts'
import { createForwardRequest, type OnOutcome } from './forward-request.ts'
import { createForwardUpgrade } from './forward-upgrade.ts'
import { carriesOurSecret } from './judge-target.ts'
import { judgesOf } from './judges-of-doors.ts'
import { createOutcomeLog } from './outcome-log.ts'
import { createServeUpstreams, type ServeUpstreams } from './serve-upstreams.ts'
import { createSessionOfRequest } from './session-of-request.ts'
import { openUpstreamClients, type UpstreamClients } from './upstream-clients.ts'
import type { WorkGates } from './work-gates.ts'

/** What is behind the gateway, opened before the gateway is built. */
export interface UpstreamParts {
  readonly all: readonly UpstreamConfig[]
  readonly clients: UpstreamClients
  readonly assertions: Assertions
}

/** @returns `undefined` when there is nothing behind the gateway, and then nothing is loaded for it. */
export async function openUpstreams(
  { all, forwardAuth }: GatewayConfig['upstreams'],
  deps: AssertionsDeps,
): Promise<UpstreamParts | undefined> {
  if (all.length + forwardAuth.length === 0) return undefined
  const [clients, assertions] = await Promise.all([openUpstreamClients(all), openAssertions(deps)])
  return { all, clients, assertions }
}

export interface BuildUpstreamsDeps {
  readonly core: Pick<Core, 'sessionKeyOf'>
  readonly authenticate: Authenticate
  readonly rules: EntryRules
  readonly work: WorkGates
  readonly observers: { readonly faults: FaultLog }
  readonly metrics: Pick<GatewayMetrics, 'upstreams'>
  readonly ticks: () => number
  readonly log: Log
  readonly strangers: Pick<StrangerSockets, 'letIn'>
  readonly isClosed: () => boolean
  readonly onUse: (principal: DevicePrincipal) => void
}

/** Wires what serves the upstreams, if there are any. */
export function buildUpstreams(
  parts: UpstreamParts | undefined,
  apps: AppDoor | undefined,
  deps: BuildUpstreamsDeps,
): ServeUpstreams | undefined {
  if (!parts || !apps) return undefined
  const { all, clients, assertions } = parts
  const { core, rules, work: gates, log } = deps
  const routes = createRoutes(all)
  const hosts = apps.routes.hosts
  const tallies = deps.metrics.upstreams
  const logOutcome = createOutcomeLog(log)
  const onOutcome: OnOutcome = (upstream, outcome, ms) => {
    logOutcome(upstream, outcome)
    tallies.of(upstream.target.name).answered(typeof outcome === 'number' ? outcome : undefined, ms)
  }
  const { ticks } = deps
  return createServeUpstreams({
    doorOf: apps.doorOf,
    enter: createEnterUpstream({
      ...deps,
      routes,
      gates,
      judge: judgesOf(rules, hosts, carriesOurSecret),
      cookies: apps.cookies,
      nameRequest: createRequestNames(),
      sessionOf: createSessionOfRequest(core),
    }),
    forward: createForwardRequest({ clients, onOutcome, ticks }),
    forwardUpgrade: createForwardUpgrade({ clients, onOutcome, ticks }),
    faults: deps.observers.faults,
    letIn: deps.strangers.letIn,
    tallies,
    tell: assertions.tell,
    pages: apps.pages,
  })
}

/** One random name for all requests, and a number for each: a random name of its own would cost more. */
function createRequestNames(): () => string {
  const ofAll = randomNonce()
  let count = 0
  return () => {
    count += 1
    return `${ofAll}/${count}`
  }
}
