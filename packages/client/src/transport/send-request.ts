import { once } from 'node:events'
import {
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as openPlain,
} from 'node:http'
import { request as openSecure, type RequestOptions } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import type { TlsPin } from '@pairgate/protocol'
import { connectPinned, type PinnedSocket } from './connect-pinned.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { tlsRefused } from './tls-refused.ts'
import { unreachable } from './unreachable.ts'

/** These answers have no body, whatever follows them (Fetch standard, null body status). */
const BODILESS: readonly number[] = [204, 205, 304]

/** The runtime's `fetch` takes memory by the length of what it sends, a GB for a GB. */
const MOST_BY_FETCH = 1_048_576

/** By the runtime's own `fetch` where it can, else over a connection of its own. */
export async function sendRequest(outgoing: OutgoingRequest): Promise<Response> {
  const { request, tlsPin } = outgoing
  try {
    return await (tlsPin === undefined && !isLong(outgoing) ? fetch(request) : sendAlone(outgoing))
  } catch (error) {
    request.signal.throwIfAborted()
    throw explain(error, new URL(request.url).origin, tlsPin)
  }
}

function isLong({ request, length = Number.POSITIVE_INFINITY }: OutgoingRequest): boolean {
  return request.body !== null && length > MOST_BY_FETCH
}

/** On a connection of its own; with a pin it is written only when the other side has proved to hold it. */
async function sendAlone({ request, length, tlsPin: pin }: OutgoingRequest): Promise<Response> {
  const { url, method, signal, body } = request
  signal.throwIfAborted()
  let socket: PinnedSocket | undefined
  const createConnection: RequestOptions['createConnection'] = (_options, done) => {
    // The types want a socket also beside an error; Node.js does not.
    const give = done as (error: Error | null, socket?: PinnedSocket) => void
    socket = pin && connectPinned({ url, pin, onKey: undefined }, give)
    return undefined
  }
  const open: typeof openSecure = url.startsWith('https:') ? openSecure : openPlain
  const connection = pin === undefined ? { agent: false } : { createConnection }
  const sent = open(url, { method, headers: headersOf(request, length), ...connection })
  // Until the pin has fitted the request has no socket, and would not end with the signal.
  let message: IncomingMessage | undefined
  const abort = (): void => void (message ?? socket ?? sent).destroy(asError(signal.reason))
  signal.addEventListener('abort', abort, { once: true })
  sent.once('close', () => signal.removeEventListener('abort', abort))
  // An answer may come while the body is still on its way; what becomes of the body then is told by nobody.
  sent.on('error', () => undefined)
  const answered = once(sent, 'response')
  write(sent, body)
  ;[message] = (await answered) as [IncomingMessage]
  try {
    return responseOf(message, request)
  } catch (error) {
    message.destroy()
    throw error
  }
}

function write(sent: ClientRequest, body: Request['body']): void {
  if (!body) return void sent.end()
  // A body that fails destroys the request, and the request says so.
  pipeline(Readable.fromWeb(body as NodeStream), sent).catch(() => undefined)
}

function headersOf({ headers }: Request, length: number | undefined): OutgoingHttpHeaders {
  return {
    accept: '*/*',
    // Nothing here unpacks an answer.
    'accept-encoding': 'identity',
    ...Object.fromEntries(headers),
    ...(length !== undefined && { 'content-length': length }),
  }
}

function responseOf(message: IncomingMessage, { method, url }: Request): Response {
  const { statusCode: status = 502, statusMessage: statusText = '', rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  const isBodiless = method === 'HEAD' || BODILESS.includes(status)
  if (isBodiless) message.resume()
  const body = isBodiless ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array<ArrayBuffer>>)
  const response = new Response(body, { status, statusText, headers })
  return Object.defineProperty(response, 'url', { value: url })
}

function explain(error: unknown, name: string, pin: TlsPin | undefined): unknown {
  // The runtime's `fetch` wraps what the network said.
  const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return error
  return tlsRefused(cause, name, pin) ?? unreachable(name, cause)
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
