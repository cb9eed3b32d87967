import { type EndpointFault, ok, type Result, refuse } from '@pairgate/core'
import { parseGatewayUrl, socketUrl, type TlsPin } from '@pairgate/protocol'
import type { Endpoint } from './choose-endpoints.ts'
import { hostOf, reachOf } from './reach.ts'

/** What `device.pair.setupCode` is asked, as far as addresses go. */
export interface SetupWish {
  /** An address for this one code. */
  readonly publicUrl?: string | undefined
  /** The answer is a link that is fetched over HTTP. */
  readonly joins: boolean
}

export interface SetupEndpoint {
  readonly url: string
  /** All addresses, if there are several. */
  readonly urls: readonly string[] | undefined
  readonly source: string
  /** Whether everybody on the way reads along. */
  readonly isPlain: boolean
  readonly tlsPin: TlsPin | undefined
}

/**
 * The address for a setup code, by the rules of OpenClaw (protocol fact 13): never only this machine unless
 * the caller says so, never unencrypted through public networks, and a join link not even through a private one.
 */
export function setupEndpoint(endpoints: readonly Endpoint[], wish: SetupWish): Result<SetupEndpoint> {
  const [first] = endpoints
  const said = wish.publicUrl === undefined ? undefined : parseGatewayUrl(wish.publicUrl)
  if (wish.publicUrl !== undefined && !said) return unfit('url-invalid')
  const address = said ?? parseGatewayUrl(first?.url ?? '')
  if (!address) return unfit('url-invalid')

  const reach = reachOf(hostOf(address.authority))
  const source = said ? 'request.publicUrl' : (first?.source ?? '')
  if (reach === 'machine' && source === 'local loopback') return unfit('loopback-only')
  const isPlain = !address.secure && reach !== 'machine'
  if (isPlain && reach === 'public') return unfit('plaintext-public', source)
  if (isPlain && wish.joins) return unfit('plaintext-join')
  const urls = said ? [] : endpoints.map(({ url }) => url)
  const tlsPin = said ? undefined : first?.tlsPin
  return ok({ url: socketUrl(address), urls: urls.length > 1 ? urls : undefined, source, isPlain, tlsPin })
}

function unfit(fault: EndpointFault, source?: string) {
  return refuse({ reason: 'endpoint-unfit', fault, source })
}
