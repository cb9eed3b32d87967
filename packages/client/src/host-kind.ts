/** Whether the host part of a URL names this machine and nothing else. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname)
  if (isIpv4(host)) return host.startsWith('127.')
  if (host.includes(':')) return host === '::1' || /^::ffff:7f[0-9a-f]{2}:/.test(host)
  return host === 'localhost' || host.endsWith('.localhost')
}

/**
 * Whether the host lies in a private network: an address of RFC 1918, RFC 6598, RFC 4193 or link-local,
 * a name of multicast DNS, or a name without a dot, which only the local network can resolve.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = bareHost(hostname)
  if (isIpv4(host)) return isPrivateIpv4(host)
  if (host.includes(':')) return /^f[cd][0-9a-f]{2}:/.test(host) || /^fe[89ab][0-9a-f]:/.test(host)
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

// URL parsers write every IPv4 address so, whatever spelling they were given.
function isIpv4(host: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(host)
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}
