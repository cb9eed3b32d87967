import type { GatewayConfig } from '../config/gateway-config.ts'
import { createHostRule, type HostRule, type HostRuleConfig } from './host-rule.ts'
import { type AddressList, addressList } from './ip-address.ts'

/** Who may come in by which name; read these when a request is judged, because they change live. */
export interface EntryRules {
  readonly hostRule: HostRule
  readonly trustedProxies: AddressList
  readonly allowedOrigins: readonly string[]
}

/** The rules that follow from the settings, worked out again only when their lists have been replaced. */
export function createEntryRules(
  config: HostRuleConfig & Pick<GatewayConfig, 'trustedProxies'>,
  machineNames: readonly string[],
): EntryRules {
  const hosts = remembered(() => createHostRule(config, machineNames))
  const proxies = remembered(() => addressList(config.trustedProxies))
  return {
    get hostRule() {
      return hosts(config.allowedHosts, config.controlUi.allowedOrigins)
    },
    get trustedProxies() {
      return proxies(config.trustedProxies)
    },
    get allowedOrigins() {
      return config.controlUi.allowedOrigins
    },
  }
}

function remembered<T>(make: () => T): (...lists: readonly (readonly string[])[]) => T {
  let last: { readonly lists: readonly unknown[]; readonly made: T } | undefined
  return (...lists) => {
    const isSame = last !== undefined && lists.every((list, at) => list === last?.lists[at])
    if (!last || !isSame) last = { lists, made: make() }
    return last.made
  }
}
