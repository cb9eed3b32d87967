import { noneStage } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import { addressList, isLoopback, parseIp, parseSocketIp } from '../http/ip-address.ts'
import { ConfigError } from './config-error.ts'
import type { GatewayConfig } from './gateway-config.ts'
import { SET_DATES } from './leave-none-settings.ts'

/** What this rule needs to know of the machine; `os.networkInterfaces()` fits. */
export interface Machine {
  readonly interfaces: Readonly<Record<string, readonly { readonly address: string }[] | undefined>>
  readonly inContainer: boolean
}

export interface Bind {
  readonly hosts: readonly string[]
  readonly isLoopback: boolean
}

type BindConfig = Pick<GatewayConfig, 'bind' | 'customBindHost'>
type ExposureConfig = Pick<GatewayConfig, 'tls' | 'trustedProxies' | 'allowPlaintext' | 'auth'>

/** Address ranges that Tailscale gives out. */
const TAILNET = addressList(['100.64.0.0/10', 'fd7a:115c:a1e0::/48'])

/** The addresses to listen on. Throws `ConfigError` when the machine has no such address. */
export function resolveBind(config: BindConfig, machine: Machine): Bind {
  const hosts = hostsOf(config, machine)
  return { hosts, isLoopback: hosts.every(isLoopbackText) }
}

function hostsOf({ bind, customBindHost }: BindConfig, machine: Machine): readonly string[] {
  switch (bind) {
    case 'loopback':
      return loopbackHosts(machine)
    case 'auto':
      // Inside a container the loopback is reachable from nowhere else, so it would serve nobody.
      return machine.inContainer ? ['0.0.0.0'] : loopbackHosts(machine)
    case 'lan':
      // Not `::`: many networks shield their IPv4 hosts by NAT while every IPv6 address is public.
      return ['0.0.0.0']
    case 'tailnet':
      return [...loopbackHosts(machine), ...tailnetHosts(machine)]
    case 'custom':
      return [customHost(customBindHost)]
  }
}

function loopbackHosts(machine: Machine): readonly string[] {
  return addressesOf(machine).includes('::1') ? ['127.0.0.1', '::1'] : ['127.0.0.1']
}

function tailnetHosts(machine: Machine): readonly string[] {
  const found = addressesOf(machine).filter((text) => {
    const address = parseSocketIp(text)
    return address !== undefined && TAILNET.includes(address)
  })
  if (found.length > 0) return found
  throw new ConfigError(
    'gateway.bind is "tailnet", but this machine has no tailnet address. Start Tailscale first, or use another bind.',
  )
}

function customHost(host: string | undefined): string {
  const address = host === undefined ? undefined : parseIp(host)
  if (address) return address.toString()
  throw new ConfigError(
    'gateway.bind is "custom", but there is no address. Set gateway.customBindHost to one.',
  )
}

function addressesOf(machine: Machine): readonly string[] {
  return Object.values(machine.interfaces).flatMap((all) => (all ?? []).map(({ address }) => address))
}

function isLoopbackText(text: string): boolean {
  const address = parseIp(text)
  return address !== undefined && isLoopback(address)
}

/** What forbids to listen there, or `undefined`. The caller throws it. */
export function checkExposure(config: ExposureConfig, bind: Bind): ConfigError | undefined {
  const fault = config.auth.mode === 'none' ? checkOpenMode(config, bind) : undefined
  if (fault) return fault
  if (bind.isLoopback || config.tls || config.trustedProxies.length > 0 || config.allowPlaintext)
    return undefined
  return new ConfigError(
    `Refusing to listen on ${bind.hosts.join(', ')} without TLS: whoever is on the way could read every token and message, ` +
      'change what is approved, and keep what was read for later. Ways out: set gateway.tls.enabled to true, for a certificate of its own, or gateway.tls.cert and gateway.tls.key; ' +
      'or put a TLS proxy in front and list it in gateway.trustedProxies; ' +
      'or, on a network where you trust everybody, set gateway.allowPlaintext to true.',
  )
}

/**
 * Without any secret the place is all that protects, so nothing may speak for somebody far away. Only where
 * an end is set may a proxy bring in whom it brought in before; whoever does not come through it has to ask.
 */
function checkOpenMode(config: ExposureConfig, bind: Bind): ConfigError | undefined {
  const proxied = config.trustedProxies.length > 0
  if (proxied && config.auth.leaveNone) return undefined
  if (bind.isLoopback && !proxied) return undefined
  const what = bind.isLoopback ? 'with gateway.trustedProxies' : `on ${bind.hosts.join(', ')}`
  const ways = 'Use mode "pairing", or gateway.bind "loopback" without proxies'
  return new ConfigError(
    `Refusing to start with gateway.auth.mode "none" ${what}: everybody who reaches it would be let in. ` +
      (proxied ? `${ways}, or say until when: ${SET_DATES}` : `${ways}.`),
  )
}

/** What is allowed but should be said at every start. */
export function exposureWarnings(config: ExposureConfig, bind: Bind, now: Instant): readonly string[] {
  const warnings: string[] = []
  if (config.auth.mode === 'none') warnings.push(noneWarning(config, now))
  if (!bind.isLoopback && !config.tls && config.allowPlaintext) {
    warnings.push(
      `Listening on ${bind.hosts.join(', ')} without TLS: whoever is on the way can read and change everything.`,
    )
  }
  return warnings
}

function noneWarning({ auth: { leaveNone }, trustedProxies }: ExposureConfig, now: Instant): string {
  if (!leaveNone)
    return `gateway.auth.mode is "none": every program on this machine may act as the owner. Set its end: ${SET_DATES}`
  const day = (at: Instant) => new Date(at).toISOString()
  const where = trustedProxies.length > 0 ? 'on this machine or behind a trusted proxy' : 'on this machine'
  switch (noneStage(leaveNone, now)) {
    case 'open':
      return `gateway.auth.mode is "none": every program on this machine may act as the owner until ${day(leaveNone.observe)}.`
    case 'observe':
    case 'warn':
      return `gateway.auth.mode is "none": everybody ${where} is let in without a pairing until ${day(leaveNone.enforce)}. See who: openclaw migrate status`
    case 'enforce':
      return `gateway.auth.mode "none" ended on ${day(leaveNone.enforce)}: only paired devices get in. Say so: openclaw config set gateway.auth.mode pairing`
  }
}
