import type { EndpointFault } from '@pairgate/core'
import type { ErrorShape } from '@pairgate/protocol/wire'

/** Why there is no setup code, in the words of OpenClaw but for the names of settings (protocol fact 13). */
export function endpointRefusal(fault: EndpointFault, source: string | undefined): ErrorShape {
  switch (fault) {
    case 'url-invalid':
      return invalid('Configured publicUrl is invalid.')
    case 'loopback-only':
      return invalid(
        'Gateway is only bound to loopback. Set gateway.bind=lan, or gateway.pairing.publicUrl to the address of the proxy in front.',
      )
    case 'plaintext-public':
      return invalid(
        `Tailscale and public mobile pairing require a secure gateway URL (wss://). Resolved source: ${source}. ` +
          'Fix: use a private LAN address, or set gateway.pairing.publicUrl to a wss:// URL. ' +
          'ws:// is only valid for localhost, private LAN addresses and .local hosts.',
      )
    case 'join-profile':
      return invalid('Join URLs require bootstrapProfile=node.')
    case 'plaintext-join':
      return {
        code: 'UNAVAILABLE',
        message:
          'Error: Join URLs require a TLS gateway endpoint, except for loopback. Use the setup code directly for plaintext LAN pairing.',
      }
  }
}

const invalid = (message: string): ErrorShape => ({ code: 'INVALID_REQUEST', message })
