import { pageUrl, parseGatewayUrl } from '@pairgate/protocol'
import type { AppConfig } from '../config/upstream-config.ts'
import type { Endpoint } from '../endpoints/choose-endpoints.ts'
import { parseHost } from '../http/host-header.ts'
import type { Peer } from '../http/peer.ts'

export interface ConsoleAddressDeps {
  /** Whether there is such a page. */
  readonly isServed: boolean
  /** `gateway.pairing.publicUrl` */
  readonly publicUrl: () => string | undefined
  /** Where devices reach the gateway, the best address first. */
  readonly endpoints: () => readonly Endpoint[]
  /** Where the gateway listens. */
  readonly port: () => number | undefined
}

/** Where a browser that came to an app finds the pairing page, without a path: `https://gateway.example`. */
export type ConsoleAddress = (upstream: AppConfig, peer: Peer) => string | undefined

/**
 * What the operator says, else the same name at the port of the gateway, which has let this `Host` pass, else an
 * address at which it listens. The name of an app is never that of the gateway.
 */
export function createConsoleAddress({
  isServed,
  publicUrl,
  endpoints,
  port,
}: ConsoleAddressDeps): ConsoleAddress {
  return (upstream, { host = '', scheme }) => {
    if (!isServed) return undefined
    const said = publicUrl()
    if (said !== undefined) return pageOf(said)
    if (upstream.host !== undefined) return pageOf(endpoints()[0]?.url ?? '')
    const name = parseHost(host)?.name
    const own = port()
    if (name === undefined || scheme === undefined || own === undefined) return undefined
    return pageOf(`${scheme}://${name.includes(':') ? `[${name}]` : name}:${own}`)
  }
}

function pageOf(url: string): string | undefined {
  const address = parseGatewayUrl(url)
  return address && pageUrl(address)
}
