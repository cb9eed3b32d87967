import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import { earlyLinks } from './early-links.ts'
import { isShared } from './find-upstream.ts'
import { hasNoBody, sendRefusal } from './proxy-refusal.ts'
import { reasonPhrase } from './reason-phrase.ts'
import { type AnswerNotes, responseHeaders, responseTrailers } from './response-headers.ts'
import { sendWithTrailers } from './send-with-trailers.ts'
import { announcedTrailers } from './trailers.ts'
import type { UpstreamClients } from './upstream-clients.ts'
import { refusalOf } from './upstream-failure.ts'

/** Told of the head of every answer of an upstream by its status, of every failure by its code, and of the time. */
export type OnOutcome = (upstream: UpstreamConfig, outcome: number | string, ms: number) => void

export interface ForwardDeps {
  readonly clients: Pick<UpstreamClients, 'of' | 'request'>
  readonly onOutcome: OnOutcome
  /** Milliseconds that pass steadily. */
  readonly ticks: () => number
}

/** A request that may pass, as its upstream is to get it. */
export interface Outgoing {
  readonly upstream: UpstreamConfig
  /** Path and query, letter by letter. */
  readonly target: string
  /** Name and value by turns. */
  readonly headers: string[]
  /** Somebody was let in, who alone is answered. */
  readonly isForCaller: boolean
}

/** What counts for the headers of its answer. */
export function notesOf({ upstream, isForCaller }: Outgoing): AnswerNotes {
  return { isShared: isShared(upstream), isForCaller }
}

/** A request that has been passed on. */
export interface Forwarded {
  /** Nothing more can be answered; to be called once, whether everything was or not. */
  answerIsOver(): void
}

export type ForwardRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: Outgoing,
) => Forwarded

/** Passes requests on and their answers back, both as they come and no faster than they are taken. */
export function createForwardRequest(deps: ForwardDeps): ForwardRequest {
  return (request, response, outgoing) => {
    // Silence on this socket is silence in both directions; the server itself cuts it then.
    request.socket.setTimeout(outgoing.upstream.timeouts.idleMs)
    // It was held back until somebody had looked at who sends it.
    if (request.headers.expect !== undefined && request.httpVersionMinor > 0) response.writeContinue()
    const names = announcedTrailers(request, outgoing.headers)
    if (names.length > 0) return sendTrailed(deps, { request, response, outgoing, body: request }, names)
    const body = hasNoBody(request) ? null : bodyOf(request)
    const relay = new Relay(deps, { request, response, outgoing, body })
    relay.send()
    return relay
  }
}

function sendTrailed(deps: ForwardDeps, exchange: Exchange, names: readonly string[]): Forwarded {
  const { request, outgoing } = exchange
  const { upstream, target: path, headers } = outgoing
  const asked = deps.clients.request(upstream, {
    method: request.method ?? '',
    path,
    headers: [...headers, 'transfer-encoding', 'chunked', 'trailer', names.join(', ')],
  })
  const relay = new Relay(deps, exchange)
  sendWithTrailers({ request, asked, names, timeouts: upstream.timeouts }, relay)
  return relay
}

/** Whoever sends a body destroys it when nobody wants it any more: that must not take the client's socket along. */
function bodyOf(request: IncomingMessage): PassThrough {
  const body = new PassThrough()
  request.pipe(body)
  request.once('error', (error) => body.destroy(error))
  body.on('error', () => request.unpipe(body))
  return body
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly outgoing: Outgoing
  readonly body: Readable | null
}

/** So much of a body waits until the end of the step in which it came: most answers leave in one piece then. */
const HELD_BYTES = 4_096

/** Nothing holds an upstream back that says it again and again to a client that does not read. */
const MOST_NEWS = 100

/** One request on its way, and its answer on its way back. */
class Relay implements Dispatcher.DispatchHandler, Forwarded {
  readonly #deps: ForwardDeps
  readonly #exchange: Exchange
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #startedAt: number
  #controller: Dispatcher.DispatchController | undefined
  /** Asking again changes nothing, so a connection that had gone away unnoticed is no failure. */
  #canRepeat: boolean
  /** The beginning of a body, as long as the head has not left either. */
  #held: Buffer | undefined
  #hasLeft = false
  #news = 0

  constructor(deps: ForwardDeps, exchange: Exchange) {
    const { request, response, body } = exchange
    this.#deps = deps
    this.#startedAt = deps.ticks()
    this.#exchange = exchange
    this.#request = request
    this.#response = response
    this.#canRepeat = body === null && (request.method === 'GET' || request.method === 'HEAD')
  }

  answerIsOver(): void {
    if (!this.#response.writableFinished) this.#controller?.abort(new Error('the client is gone'))
  }

  send(): void {
    const { outgoing, body } = this.#exchange
    const { upstream, target: path, headers } = outgoing
    // One name for all requests: of another one the library opens another connection.
    const options: Dispatcher.DispatchOptions & { readonly servername: string } = {
      path,
      method: this.#request.method as Dispatcher.HttpMethod,
      headers,
      body,
      servername: 'upstream',
    }
    this.#deps.clients.of(upstream).dispatch(options, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#response.destroyed) controller.abort(new Error('the client is gone'))
  }

  onResponseStart(
    { rawHeaders }: Dispatcher.DispatchController,
    status: number,
    read: Readonly<Record<string, unknown>>,
    statusText?: string,
  ): void {
    const headers = responseHeaders({ raw: rawList(rawHeaders), read }, notesOf(this.#exchange.outgoing))
    if (status < 200) return this.#sendInterim(status, headers)
    this.#tell(status)
    // The rest of the upload is nobody's: what follows it on this connection could be taken for a request.
    if (!this.#request.complete) this.#response.shouldKeepAlive = false
    this.#response.writeHead(status, reasonPhrase(statusText), headers)
    if (begun.push(this) === 1) setImmediate(letLeave)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#hasLeft && !this.#held && chunk.length <= HELD_BYTES) {
      this.#held = chunk
      return
    }
    this.leave()
    this.#write(controller, chunk)
  }

  onResponseEnd(
    _controller: Dispatcher.DispatchController,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    const sent = responseTrailers(trailers)
    if (sent.length > 0) this.#response.addTrailers(sent)
    const rest = this.#hasLeft ? undefined : this.#held
    this.#hasLeft = true
    // As text it becomes one piece with the head.
    if (rest) this.#response.end(rest.toString('latin1'), 'latin1')
    else this.#response.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { code = error.name } = error as NodeJS.ErrnoException
    if (this.#response.destroyed) return
    if (this.#response.headersSent) return void this.#response.destroy()
    if (this.#canRepeat && STALE.has(code)) {
      this.#canRepeat = false
      return this.send()
    }
    this.#tell(code)
    sendRefusal(refusalOf(code), this.#request, this.#response)
  }

  /** What has come so far leaves, if only the head: the rest may take its time. */
  leave(): void {
    if (this.#hasLeft || this.#response.destroyed) return
    this.#hasLeft = true
    if (this.#held && this.#controller) this.#write(this.#controller, this.#held)
    else this.#response.flushHeaders()
  }

  #tell(outcome: number | string): void {
    const { onOutcome, ticks } = this.#deps
    onOutcome(this.#exchange.outgoing.upstream, outcome, ticks() - this.#startedAt)
  }

  #write(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.destroyed || this.#response.write(chunk)) return
    controller.pause()
    this.#response.once('drain', () => controller.resume())
  }

  /** What comes before the answer is news and nothing more: whoever cannot pass it on may drop it. */
  #sendInterim(status: number, headers: readonly string[]): void {
    this.#news += 1
    if (this.#request.httpVersionMinor < 1 || this.#news > MOST_NEWS) return
    if (status === 102) return this.#response.writeProcessing()
    const said = headers.filter((_value, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'link')
    const link = earlyLinks(said)
    if (status === 103 && link.length > 0) this.#response.writeEarlyHints({ link: [...link] })
  }
}

/** Answers that have begun in this step, one call for all of them. Most are over by then. */
const begun: Relay[] = []

function letLeave(): void {
  for (const relay of begun.splice(0)) relay.leave()
}

/** A connection that was kept open and has ended by now. */
const STALE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function rawList(raw: unknown): readonly (Buffer | string)[] {
  return Array.isArray(raw) ? raw : []
}
