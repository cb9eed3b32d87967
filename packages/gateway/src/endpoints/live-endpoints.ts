import type { Bind, Machine } from '../config/bind-address.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { TlsKeeper } from '../tls/tls-keeper.ts'
import { certificateNames } from './certificate-names.ts'
import { chooseEndpoints, type Endpoint } from './choose-endpoints.ts'

export interface LiveEndpointsDeps {
  readonly config: Pick<GatewayConfig, 'bind' | 'pairing'>
  readonly bind: Bind
  /** Where it listens; `undefined` before it does. */
  readonly url: () => string | undefined
  readonly machine: () => Machine
  readonly tls: TlsKeeper | undefined
}

/** Where devices reach this gateway now: addresses and certificates come and go, and one setting changes live. */
export function createEndpoints({
  config,
  bind,
  url,
  machine,
  tls,
}: LiveEndpointsDeps): () => readonly Endpoint[] {
  return () =>
    chooseEndpoints({
      publicUrl: config.pairing.publicUrl,
      bindMode: config.bind,
      bind,
      port: Number(/:(\d+)$/.exec(url() ?? '')?.[1]),
      machine: machine(),
      certificateNames: tls && certificateNames(tls.current.cert),
      tlsPin: tls?.pin(),
    })
}
