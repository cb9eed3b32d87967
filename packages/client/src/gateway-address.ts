import { platform } from '#platform'
import { ClientError } from './client-error.ts'
import { isLoopbackHost } from './host-kind.ts'

export interface GatewayAddress {
  readonly url: string
  /** Scheme, host and port: the name under which tokens of this gateway are kept. */
  readonly origin: string
}

/**
 * Reads the URL of a gateway and refuses one that would carry credentials over a network in the clear.
 * @param allowsPlaintext lets plaintext pass beyond the loopback; by default in Node to private networks when
 * the environment says `OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1`, in a browser to where the page came from.
 * @throws ClientError `INVALID_URL` or `PLAINTEXT_REFUSED`.
 */
export function parseGatewayAddress(
  text: string,
  allowsPlaintext = platform.allowsPlaintext,
): GatewayAddress {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new ClientError('INVALID_URL', 'The gateway URL must begin with ws:// or wss://.')
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new ClientError('INVALID_URL', 'The gateway URL must hold no user, no password and no fragment.')
  }
  const mayBePlain = isLoopbackHost(url.hostname) || allowsPlaintext(url)
  if (url.protocol === 'ws:' && !mayBePlain) throw plaintextRefused(url.origin)
  return { url: url.href, origin: url.origin }
}

function plaintextRefused(origin: string): ClientError {
  const message = [
    `SECURITY ERROR: Gateway URL "${origin}" uses plaintext ws:// to a non-loopback address.`,
    'Everybody on the way could read the credentials and take them over.',
    'Use wss://, or an SSH tunnel to the loopback address of the gateway.',
    'Break-glass, private networks only: OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1',
  ].join('\n')
  return new ClientError('PLAINTEXT_REFUSED', message, { details: { gateway: origin } })
}
