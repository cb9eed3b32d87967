import { ClientError } from '../client-error.ts'
import type { OutgoingRequest } from '../transport/outgoing-request.ts'
import { type Bytes, createRepeatableBody, type RepeatableBody } from './repeatable-body.ts'

/** Where the same thing is asked for next: at the address itself, or where a redirect leads. */
export interface Step {
  readonly address: URL
  /** A redirect turned the request into a GET, or a HEAD, and its body stays behind. */
  readonly isBodiless: boolean
}

/** What a caller of `fetch` asks for, as requests that have not been sent. */
export interface RequestMaker {
  readonly first: Step
  readonly redirect: Request['redirect']
  /** @returns `undefined` when the body was a stream, and too much of it has gone. */
  make(step: Step): Omit<OutgoingRequest, 'tlsPin'> | undefined
  /** Of a body that is a stream. */
  readonly stream: RepeatableBody | undefined
}

/** @throws ClientError `FOREIGN_ORIGIN` for an address that is not at `base`. */
export function createRequestMaker(
  base: URL,
  input: string | URL | Request,
  init: RequestInit = {},
): RequestMaker {
  const address = new URL(input instanceof Request ? input.url : input, base)
  refuseForeign(base, address)
  const redirect = init.redirect ?? (input instanceof Request ? input.redirect : 'follow')
  const own: RequestInit = { ...init, redirect: 'manual' }
  const body = input instanceof Request ? undefined : init.body
  const stream = isStream(body) ? createRepeatableBody(body, init.signal) : undefined
  const whole = input instanceof Request ? new Request(input, own) : undefined
  const length = lengthOf(body)

  function copy(): Request | undefined {
    if (whole) return whole.clone()
    if (!stream) return new Request(address, own)
    const opened = stream.open()
    return opened && new Request(address, { ...own, body: opened, duplex: 'half' } as RequestInit)
  }
  function make({ address: to, isBodiless }: Step) {
    if (isBodiless)
      return {
        request: bodiless(to, whole ?? new Request(address, { ...own, body: null })),
        length: undefined,
      }
    const request = copy()
    if (!request) return undefined
    return { request: to.href === address.href ? request : new Request(to, request), length }
  }
  return { first: { address, isBodiless: false }, redirect, make, stream }
}

/** @throws ClientError `FOREIGN_ORIGIN`. */
export function refuseForeign(base: URL, { origin }: URL): void {
  if (origin === base.origin) return
  const message = `The token for ${base.origin} does not go to ${origin}.`
  throw new ClientError('FOREIGN_ORIGIN', message, { details: { gateway: base.origin, origin } })
}

function bodiless(address: URL, { method, headers: all, signal }: Request): Request {
  const headers = new Headers(all)
  for (const name of [...headers.keys()]) if (name.startsWith('content-')) headers.delete(name)
  return new Request(address, {
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    headers,
    signal,
    redirect: 'manual',
  })
}

function isStream(body: unknown): body is ReadableStream<Bytes> {
  return body instanceof ReadableStream
}

function lengthOf(body: RequestInit['body']): number | undefined {
  if (typeof body === 'string') return new TextEncoder().encode(body).length
  if (body instanceof URLSearchParams) return body.toString().length
  if (body instanceof Blob) return body.size
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength
  return undefined
}
