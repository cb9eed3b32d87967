import { isIP } from 'node:net'
import { ClientError } from './client-error.ts'
import { allowsPrivatePlaintext } from './platform/machine.ts'

export interface GatewayAddress {
  readonly url: string
  /** Scheme, host and port: the name under which tokens of this gateway are kept. */
  readonly origin: string
}

/**
 * Reads the URL of a gateway and refuses one that would carry credentials over a network in the clear.
 * @param allowPrivate lets plaintext pass to addresses of private networks, by default when the
 * environment says `OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1`.
 * @throws ClientError `INVALID_URL` or `PLAINTEXT_REFUSED`.
 */
export function parseGatewayAddress(text: string, allowPrivate = allowsPrivatePlaintext()): GatewayAddress {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new ClientError('INVALID_URL', 'The gateway URL must begin with ws:// or wss://.')
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new ClientError('INVALID_URL', 'The gateway URL must hold no user, no password and no fragment.')
  }
  const mayBePlain = isLoopbackHost(url.hostname) || (allowPrivate && isPrivateHost(url.hostname))
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

/** Whether the host part of a URL names this machine and nothing else. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname)
  if (isIP(host) === 4) return host.startsWith('127.')
  if (isIP(host) === 6) return host === '::1' || /^::ffff:7f[0-9a-f]{2}:/.test(host)
  return host === 'localhost' || host.endsWith('.localhost')
}

/**
 * Whether the host lies in a private network: an address of RFC 1918, RFC 6598, RFC 4193 or link-local,
 * a name of multicast DNS, or a name without a dot, which only the local network can resolve.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = bareHost(hostname)
  if (isIP(host) === 4) return isPrivateIpv4(host)
  if (isIP(host) === 6) return /^f[cd][0-9a-f]{2}:/.test(host) || /^fe[89ab][0-9a-f]:/.test(host)
  return host.endsWith('.local') || !host.includes('.')
}

function isPrivateIpv4(host: string): boolean {
  const [first = 0, second = 0] = host.split('.').map(Number)
  if (first === 10) return true
  if (first === 172) return second >= 16 && second <= 31
  if (first === 192) return second === 168
  if (first === 169) return second === 254
  return first === 100 && second >= 64 && second <= 127
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}
