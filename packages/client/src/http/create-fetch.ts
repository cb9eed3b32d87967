import type { Role } from '@pairgate/protocol'
import { ClientError } from '../client-error.ts'
import { parseGatewayAddress } from '../gateway-address.ts'
import type { DeviceKey } from '../key/device-key.ts'
import type { TokenStore } from '../tokens/token-store.ts'
import { createDpopProof } from './dpop-proof.ts'

export interface FetchTarget {
  /** Of the gateway, as for a connection (`ws://`, `wss://`) or as pages know it (`http://`, `https://`). */
  readonly url: string
  readonly key: DeviceKey
  readonly tokens: TokenStore
  /** `operator` when left out. */
  readonly role?: Role
}

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A `fetch` that signs each request by the device's key (DPoP, RFC 9449) and sends the stored token along,
 * to the gateway's own origin and nowhere else. A server that asks for a nonce gets the request once more.
 * A redirect is followed unsigned. A body that is a stream is kept until the answer is there.
 * Throws ClientError `FOREIGN_ORIGIN`, `TOKEN_MISSING`; whatever `fetch` throws.
 * @throws ClientError `INVALID_URL` or `PLAINTEXT_REFUSED`, as a connection does.
 */
export function createFetch({ url, key, tokens, role = 'operator' }: FetchTarget): Fetch {
  const { origin } = parseGatewayAddress(url.replace(/^http/i, 'ws'))
  const base = new URL(origin.replace(/^ws/, 'http'))
  let nonce: string | undefined

  async function sign(request: Request): Promise<Request> {
    const stored = await tokens.load(origin, key.deviceId, role)
    if (!stored)
      throw new ClientError('TOKEN_MISSING', `This device has no token of ${origin}; pair it first.`)
    const { token } = stored
    const facts = { method: request.method, url: new URL(request.url), token, nonce }
    request.headers.set('authorization', `DPoP ${token}`)
    request.headers.set('dpop', await createDpopProof(key, facts))
    return request
  }

  async function send(request: Request): Promise<Response> {
    const response = await fetch(await sign(request))
    nonce = response.headers.get('dpop-nonce') ?? nonce
    return response
  }

  return async (input, init) => {
    const make = createRequests(base, input, init)
    const response = await send(make())
    if (!asksForNonce(response)) return response
    await response.body?.cancel()
    return send(make())
  }
}

/** Makes the same request as often as it is needed. @throws ClientError `FOREIGN_ORIGIN`. */
function createRequests(base: URL, input: string | URL | Request, init?: RequestInit): () => Request {
  const address = new URL(input instanceof Request ? input.url : input, base)
  if (address.origin !== base.origin) {
    const message = `The token of ${base.origin} does not go to ${address.origin}.`
    throw new ClientError('FOREIGN_ORIGIN', message, { details: { gateway: base.origin } })
  }
  const isStream = input instanceof Request || init?.body instanceof ReadableStream
  if (!isStream) return () => new Request(address, init)
  const whole = new Request(input instanceof Request ? input : address, init)
  return () => whole.clone()
}

function asksForNonce({ status, headers }: Response): boolean {
  if (status !== 401 || !headers.has('dpop-nonce')) return false
  return /\buse_dpop_nonce\b/.test(headers.get('www-authenticate') ?? '')
}
