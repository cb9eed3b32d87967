import { type HostName, isLoopbackHost, isUnspecifiedHost, parseHost } from './host-header.ts'

/** The names that this gateway answers to, beside IP addresses and `localhost`. */
export interface HostRule {
  /** `gateway.allowedHosts` and the hosts of `gateway.controlUi.allowedOrigins`. */
  readonly configured: ReadonlySet<string>
  /** What the machine calls itself. */
  readonly machineNames: ReadonlySet<string>
}

export interface HostRuleConfig {
  readonly allowedHosts: readonly string[]
  readonly controlUi: { readonly allowedOrigins: readonly string[] }
}

/** Collects the names. */
export function createHostRule(config: HostRuleConfig, machineNames: readonly string[]): HostRule {
  const ofOrigins = config.controlUi.allowedOrigins.map((origin) => {
    const host = parseHost(origin.replace(/^[^:]+:\/\//, ''))
    return host?.name ?? ''
  })
  return {
    configured: new Set([...config.allowedHosts, ...ofOrigins].map(lower).filter((name) => name !== '')),
    machineNames: new Set(machineNames.map(lower).filter((name) => name !== '')),
  }
}

/**
 * Whether a `Host` header names this gateway. A name that an attacker's DNS can point here is how a web
 * page reaches a gateway behind a firewall, so only names that we know pass; addresses have no DNS.
 */
export function isAllowedHost(host: HostName | undefined, rule: HostRule): boolean {
  if (!host) return false
  if (rule.configured.has(host.name) || isLoopbackHost(host)) return true
  if (host.ip) return !isUnspecifiedHost(host)
  return rule.machineNames.has(host.name)
}

function lower(name: string): string {
  return name.toLowerCase()
}
