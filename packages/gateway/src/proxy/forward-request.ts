import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import { hasNoBody, sendRefusal } from './proxy-refusal.ts'
import { responseHeaders, responseTrailers } from './response-headers.ts'
import type { UpstreamClients } from './upstream-clients.ts'
import { refusalOf } from './upstream-failure.ts'

export interface ForwardDeps {
  readonly clients: Pick<UpstreamClients, 'of'>
  /** Told of every answer and every failure of an upstream, with the failure's code. */
  readonly onOutcome: (upstream: UpstreamConfig, failure: string | undefined) => void
}

/** A request that may pass, as its upstream is to get it. */
export interface Outgoing {
  readonly upstream: UpstreamConfig
  /** Path and query, letter by letter. */
  readonly target: string
  /** Name and value by turns. */
  readonly headers: string[]
}

export type ForwardRequest = (request: IncomingMessage, response: ServerResponse, outgoing: Outgoing) => void

/** Passes requests on and their answers back, both as they come and no faster than they are taken. */
export function createForwardRequest(deps: ForwardDeps): ForwardRequest {
  return (request, response, outgoing) => {
    const { upstream } = outgoing
    // Silence on this socket is silence in both directions; the server itself cuts it then.
    request.socket.setTimeout(upstream.timeouts.idleMs)
    const body = hasNoBody(request) ? null : bodyOf(request)
    // It was held back until somebody had looked at who sends it.
    if (request.headers.expect !== undefined && request.httpVersionMinor > 0) response.writeContinue()
    const send = (canRepeat: boolean) => {
      const relay = new Relay(request, response, {
        canRepeat,
        repeat: () => send(false),
        onOutcome: (failure) => deps.onOutcome(upstream, failure),
      })
      const { target: path, headers } = outgoing
      // One name for all requests: of another one the library opens another connection.
      const options: Dispatcher.DispatchOptions & { readonly servername: string } = {
        path,
        method: request.method as Dispatcher.HttpMethod,
        headers,
        body,
        servername: 'upstream',
      }
      deps.clients.of(upstream).dispatch(options, relay)
    }
    send(body === null && (request.method === 'GET' || request.method === 'HEAD'))
  }
}

/** Whoever sends a body destroys it when nobody wants it any more: that must not take the client's socket along. */
function bodyOf(request: IncomingMessage): PassThrough {
  const body = new PassThrough()
  request.pipe(body)
  request.once('error', (error) => body.destroy(error))
  body.on('error', () => request.unpipe(body))
  return body
}

interface RelayOptions {
  /** Asking again changes nothing, so a connection that had gone away unnoticed is no failure. */
  readonly canRepeat: boolean
  readonly repeat: () => void
  readonly onOutcome: (failure: string | undefined) => void
}

/** One answer on its way back. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: RelayOptions
  #controller: Dispatcher.DispatchController | undefined
  #hasBody = false

  constructor(request: IncomingMessage, response: ServerResponse, options: RelayOptions) {
    this.#request = request
    this.#response = response
    this.#options = options
    response.on('close', this.#onGone)
  }

  readonly #onGone = (): void => {
    if (!this.#response.writableFinished) this.#controller?.abort(new Error('the client is gone'))
  }
  readonly #onDrain = (): void => this.#controller?.resume()

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#response.destroyed) controller.abort(new Error('the client is gone'))
    else this.#response.on('drain', this.#onDrain)
  }

  onResponseStart(
    { rawHeaders }: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText?: string,
  ): void {
    const headers = responseHeaders(rawList(rawHeaders))
    if (status < 200) return this.#sendInterim(status, headers)
    this.#options.onOutcome(undefined)
    // The rest of the upload is nobody's: what follows it on this connection could be taken for a request.
    if (!this.#request.complete) this.#response.shouldKeepAlive = false
    this.#response.writeHead(status, statusText ?? '', headers)
    setImmediate(() => {
      if (!this.#hasBody && !this.#response.writableEnded) this.#response.flushHeaders()
    })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#hasBody = true
    if (!this.#response.write(chunk)) controller.pause()
  }

  onResponseEnd(
    _controller: Dispatcher.DispatchController,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    const sent = responseTrailers(trailers)
    if (sent.length > 0) this.#response.addTrailers(sent)
    this.#response.end()
    this.#forget()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#forget()
    const { code = error.name } = error as NodeJS.ErrnoException
    if (this.#response.destroyed) return
    if (this.#response.headersSent) return void this.#response.destroy()
    if (this.#options.canRepeat && STALE.has(code)) return this.#options.repeat()
    this.#options.onOutcome(code)
    sendRefusal(refusalOf(code), this.#request, this.#response)
  }

  #forget(): void {
    this.#response.off('close', this.#onGone)
    this.#response.off('drain', this.#onDrain)
  }

  /** What comes before the answer is news and nothing more: whoever cannot pass it on may drop it. */
  #sendInterim(status: number, headers: readonly string[]): void {
    if (this.#request.httpVersionMinor < 1) return
    if (status === 102) return this.#response.writeProcessing()
    const links = headers.filter((_value, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'link')
    if (status === 103 && links.length > 0) this.#response.writeEarlyHints({ link: links })
  }
}

/** A connection that was kept open and has ended by now. */
const STALE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function rawList(raw: unknown): readonly (Buffer | string)[] {
  return Array.isArray(raw) ? raw : []
}
