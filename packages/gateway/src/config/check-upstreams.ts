import { parseHost } from '../http/host-header.ts'
import { createHostRule, isAllowedHost } from '../http/host-rule.ts'
import { ConfigError } from './config-error.ts'
import type { GatewayConfig } from './gateway-config.ts'

type UpstreamsExposure = Pick<GatewayConfig, 'allowedHosts' | 'controlUi' | 'port' | 'upstreams'>

/**
 * What forbids these upstreams, or `undefined`. The script of an app must never run under a name or port where
 * the gateway itself answers: a page there may connect to it, and keeps its key there.
 */
export function checkUpstreams(
  config: UpstreamsExposure,
  machineNames: readonly string[],
): ConfigError | undefined {
  const { all, forwardAuth, port } = config.upstreams
  const rule = createHostRule(config, machineNames)
  const own = [...all, ...forwardAuth].find(
    ({ host }) => host !== undefined && isAllowedHost(parseHost(hostText(host)), rule),
  )
  if (own) {
    return new ConfigError(
      `An entry of gateway.upstreams has the host "${own.host}", by which the gateway itself is called: its pages could act as the gateway's. ` +
        'Give it a name of its own, or only a path: then it is served on upstreams.port.',
    )
  }
  if (port !== config.port || port === 0 || !needsPort(config.upstreams)) return undefined
  if (config.controlUi.enabled) {
    return new ConfigError(
      'upstreams.port is the same as gateway.port. Choose another one, or set gateway.controlUi.enabled to false: ' +
        'a gateway without pages keeps no key in its origin, and shares it with upstreams.',
    )
  }
  const swallowed = all.find(({ host, segments }) => host === undefined && isReserved(segments[0]))
  return swallowed && new ConfigError(reservedPath(swallowed.route))
}

/** Whether upstreams without a host are at the port of the gateway itself. */
export function sharesPort(config: Pick<GatewayConfig, 'controlUi' | 'port' | 'upstreams'>): boolean {
  const { controlUi, port, upstreams } = config
  return !controlUi.enabled && port !== 0 && port === upstreams.port && needsPort(upstreams)
}

/** What the gateway itself answers at its port; nothing at all stands for everything. */
const RESERVED: ReadonlySet<string> = new Set(['__pairgate__', 'j', 'health', 'healthz', 'ready', 'readyz'])

function isReserved(segment: string | undefined): boolean {
  return segment === undefined || RESERVED.has(segment)
}

function reservedPath(route: string): string {
  return `An entry of gateway.upstreams has the path "${route || '/'}", at which the gateway itself answers on this port. Give it another path, or upstreams.port another number.`
}

/** Whether something is to be served that has no host of its own. */
export function needsPort({ all }: GatewayConfig['upstreams']): boolean {
  return all.some(({ host }) => host === undefined)
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
