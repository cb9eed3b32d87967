import type { Role } from '@pairgate/protocol'
import { ClientError } from '../client-error.ts'
import { parseGatewayAddress } from '../gateway-address.ts'
import type { DeviceKey } from '../key/device-key.ts'
import { tlsPinOf } from '../tls-pin-of.ts'
import type { TokenStore } from '../tokens/token-store.ts'
import { createDpopProof } from './dpop-proof.ts'
import { createGuardedFetch, type Fetch } from './guarded-fetch.ts'

export interface FetchTarget {
  /** Of the gateway, as for a connection (`ws://`, `wss://`) or as pages know it (`http://`, `https://`). */
  readonly url: string
  readonly key: DeviceKey
  readonly tokens: TokenStore
  /** `operator` when left out. */
  readonly role?: Role
  /** The only certificate to accept, as for a connection; left out, what is kept beside the token. */
  readonly tlsFingerprint?: string | undefined
}

/**
 * A `fetch` that signs each request by the device's key (DPoP, RFC 9449) and sends the stored token along,
 * to the gateway's own origin and nowhere else, and only to who holds the pin that is kept beside the token.
 * A server that asks for a nonce gets the request once more, a body that is a stream only while no more than
 * a MiB of it has gone.
 * Throws ClientError `FOREIGN_ORIGIN`, `REDIRECTED`, `TOKEN_MISSING`, `UNREACHABLE`, `TLS_FINGERPRINT`,
 * `TLS_UNTRUSTED`, in a browser `INVALID_FINGERPRINT` for a pin that it cannot check; what `Request` throws;
 * the signal's reason.
 * @throws ClientError `INVALID_URL`, `PLAINTEXT_REFUSED` or `INVALID_FINGERPRINT`, as a connection does.
 */
export function createFetch({ url, key, tokens, role = 'operator', tlsFingerprint }: FetchTarget): Fetch {
  const { origin } = parseGatewayAddress(url.replace(/^http/i, 'ws'))
  const named = tlsPinOf({ url: origin, tlsFingerprint })
  let nonce: string | undefined

  return createGuardedFetch(new URL(origin.replace(/^ws/, 'http')), {
    async sign(request) {
      const stored = await tokens.load(origin, key.deviceId, role)
      if (!stored)
        throw new ClientError('TOKEN_MISSING', `This device has no token of ${origin}; pair it first.`)
      const pin = named ?? tlsPinOf({ url: origin, tlsFingerprint: stored.tlsFingerprint })
      const facts = { method: request.method, url: new URL(request.url), token: stored.token, nonce }
      request.headers.set('authorization', `DPoP ${stored.token}`)
      request.headers.set('dpop', await createDpopProof(key, facts))
      return pin
    },
    mayRepeat(response) {
      nonce = response.headers.get('dpop-nonce') ?? nonce
      return asksForNonce(response)
    },
  })
}

function asksForNonce({ status, headers }: Response): boolean {
  if (status !== 401 || !headers.has('dpop-nonce')) return false
  return /\buse_dpop_nonce\b/.test(headers.get('www-authenticate') ?? '')
}
