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
  const { all, port } = config.upstreams
  const rule = createHostRule(config, machineNames)
  const own = all.find(({ host }) => host !== undefined && isAllowedHost(parseHost(hostText(host)), rule))
  if (own) {
    return new ConfigError(
      `An entry of gateway.upstreams has the host "${own.host}", by which the gateway itself is called: its pages could act as the gateway's. ` +
        'Give it a name of its own, or only a path: then it is served on upstreams.port.',
    )
  }
  if (port === config.port && port !== 0 && needsPort(config.upstreams)) {
    return new ConfigError('upstreams.port is the same as gateway.port. Choose another one.')
  }
  return undefined
}

/** Whether something is to be served that has no host of its own. */
export function needsPort({ all }: GatewayConfig['upstreams']): boolean {
  return all.some(({ host }) => host === undefined)
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
