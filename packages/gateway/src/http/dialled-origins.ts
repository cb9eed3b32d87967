import { gatewayOrigin } from '@pairgate/protocol'
import { parseHost } from './host-header.ts'
import type { HostRule } from './host-rule.ts'
import type { Peer } from './peer.ts'

export interface OriginSources {
  readonly hostRule: Pick<HostRule, 'configured'>
  readonly allowedOrigins: readonly string[]
}

/**
 * The origins under which a client may have dialled this gateway: what its `Host`
 * header names, and what the settings name, for a proxy that writes a `Host` of its own. Where TLS was
 * seen only `wss://` counts; without, something before us may have ended it.
 */
export function dialledOrigins(
  peer: Pick<Peer, 'host' | 'scheme'>,
  sources: OriginSources,
): ReadonlySet<string> {
  const schemes = peer.scheme === 'https' ? [true] : [false, true]
  const configured = [...sources.hostRule.configured].filter((name) => name !== '')
  const hosts = [peer.host ?? '', ...sources.allowedOrigins.map(hostOfOrigin), ...configured]
  const origins = new Set<string>()
  for (const text of hosts) {
    const host = parseHost(text) ?? parseHost(`[${text}]`)
    if (!host) continue
    for (const secure of schemes) origins.add(gatewayOrigin({ secure, host: host.name, port: host.port }))
  }
  return origins
}

function hostOfOrigin(origin: string): string {
  return origin.replace(/^[^:]+:\/\//, '')
}
