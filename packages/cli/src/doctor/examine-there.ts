import type { Finding } from '@pairgate/gateway/doctor'
import { pageUrl, parseGatewayUrl, parseTlsPin, type TlsPin } from '@pairgate/protocol'
import { type CommonOptions, linkFor } from '../commands/common-options.ts'
import { CommandError } from '../output/command-error.ts'
import { systemNow } from '../platform/system-clock.ts'
import { withLink } from '../target/gateway-link.ts'
import { findLocalFiles } from '../target/read-target-facts.ts'
import type { UrlTarget } from '../target/resolve-target.ts'
import { askGateway } from './ask-gateway.ts'

export interface ThereOptions extends CommonOptions {
  /** Nothing of this host was looked at. */
  readonly isAlone: boolean
}

const SCOPES = ['operator.admin'] as const

/** The gateway at an address: what anybody sees of it, and what it tells this machine. */
export async function examineThere(target: UrlTarget, options: ThereOptions): Promise<readonly Finding[]> {
  const { judgeAddress } = await import('@pairgate/gateway/doctor')
  const pins = target.tlsFingerprint === undefined ? await storedPins(target) : [target.tlsFingerprint]
  const address = parseGatewayUrl(target.url)
  const reach = await judgeAddress(address ? pageUrl(address) : target.url, {
    nowMs: systemNow(),
    pins,
    timeoutMs: options.timeout,
  })
  // Whoever cannot be reached by a stranger cannot be asked as a friend.
  const isReached = !reach.some(({ check, level }) => check === 'address' && level === 'fail')
  return [...reach, ...(isReached ? await askThere(target, options) : [])]
}

/** A device keeps the key of a gateway that was pinned once, beside its token. */
async function storedPins({ url }: UrlTarget): Promise<readonly TlsPin[]> {
  const { listStoredTokens } = await import('@pairgate/client')
  const { deviceTokens } = await findLocalFiles(process.env)
  const tokens = await listStoredTokens(deviceTokens).catch(() => undefined)
  return (tokens ?? [])
    .filter(({ gateway }) => gateway === new URL(url).origin)
    .flatMap(({ tlsFingerprint }) => parseTlsPin(tlsFingerprint ?? '') ?? [])
}

async function askThere(target: UrlTarget, options: ThereOptions): Promise<readonly Finding[]> {
  try {
    const answers = await withLink(linkFor(options, 'doctor'), (link) =>
      askGateway(
        {
          hello: () => link.greet(SCOPES),
          request: (method, params) => link.request(method, params, SCOPES),
        },
        { whose: target.url, isHere: false },
      ),
    )
    const what = `${target.url} lets this machine in.`
    return [...answers.findings, { check: 'device-tokens', level: 'ok', what }]
  } catch (error) {
    if (error instanceof CommandError) return [refused(error)]
    throw error
  }
}

/** What stands in the way is said by the client library, with the source of the credential. */
function refused({ message, next, shape }: CommandError): Finding {
  const isPin = shape.type === 'gateway_transport_error' && /TLS_/.test(shape.reason ?? '')
  return {
    check: isPin ? 'tls' : 'device-tokens',
    level: 'fail',
    what: message,
    ...(next.length > 0 && { advice: next.join(' ') }),
  }
}
