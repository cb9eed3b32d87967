import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Dispatcher } from 'undici'
import type { UpstreamTimeouts } from '../config/upstream-config.ts'
import { sentTrailers } from './trailers.ts'
import { isNoAnswer, LATE, NO_ANSWER } from './upstream-failure.ts'

export interface TrailedRequest {
  readonly request: IncomingMessage
  /** As it was opened at the upstream; nothing has been sent. */
  readonly asked: ClientRequest
  /** Of the trailers that go on. */
  readonly names: readonly string[]
  readonly timeouts: UpstreamTimeouts
}

/**
 * Sends a request with trailers behind its body, which the library of the forwarder cannot; whoever relays the
 * answer notices no difference.
 */
export function sendWithTrailers(
  { request, asked, names, timeouts }: TrailedRequest,
  relay: Required<Pick<Dispatcher.DispatchHandler, Heard>>,
): void {
  const answer = new Answer(asked)
  const late = () => asked.destroy(Object.assign(new Error('late'), { code: LATE }))
  let timer = setTimeout(late, timeouts.connectMs).unref()
  asked.once('socket', (socket) => {
    socket.once(Object.hasOwn(socket, 'encrypted') ? 'secureConnect' : 'connect', () => clearTimeout(timer))
  })
  let hasAnswer = false
  asked.once('finish', () => {
    clearTimeout(timer)
    // It may have begun before the end of the request.
    if (!hasAnswer) timer = setTimeout(late, timeouts.responseMs).unref()
  })
  let hasFailed = false
  asked.once('close', () => {
    clearTimeout(timer)
    // Such as one that went over to another protocol, which nobody has asked for.
    if (!hasAnswer && !hasFailed) relay.onResponseError(answer, noAnswer())
  })
  asked.on('error', (error) => {
    hasFailed = true
    relay.onResponseError(answer, error)
  })
  asked.on('information', (interim) => {
    answer.rawHeaders = interim.rawHeaders
    relay.onResponseStart(answer, interim.statusCode, {}, interim.statusMessage)
  })
  asked.on('response', (message) => {
    if (isNoAnswer(message)) return void asked.destroy(noAnswer())
    hasAnswer = true
    clearTimeout(timer)
    answer.take(message)
    relay.onResponseStart(answer, message.statusCode ?? 502, {}, message.statusMessage)
    message.on('data', (chunk: Buffer) => relay.onResponseData(answer, chunk))
    message.once('end', () => relay.onResponseEnd(answer, message.trailers))
    message.once('error', (error) => relay.onResponseError(answer, error))
  })
  relay.onRequestStart(answer, undefined)
  request.pipe(asked, { end: false })
  request.once('end', () => {
    asked.addTrailers(sentTrailers(request, names))
    asked.end()
  })
}

function noAnswer(): Error {
  return Object.assign(new Error('no answer'), { code: NO_ANSWER })
}

type Heard = 'onRequestStart' | 'onResponseStart' | 'onResponseData' | 'onResponseEnd' | 'onResponseError'

/** An answer of Node's as the library would hand it over. */
class Answer implements Dispatcher.DispatchController {
  readonly #asked: ClientRequest
  #message: IncomingMessage | undefined
  rawHeaders: string[] = []
  aborted = false
  reason: Error | null = null

  constructor(asked: ClientRequest) {
    this.#asked = asked
  }

  get paused(): boolean {
    return this.#message?.isPaused() ?? false
  }

  take(message: IncomingMessage): void {
    this.#message = message
    this.rawHeaders = message.rawHeaders
  }

  abort(reason: Error): void {
    this.aborted = true
    this.reason = reason
    this.#asked.destroy(reason)
  }

  pause(): void {
    this.#message?.pause()
  }

  resume(): void {
    this.#message?.resume()
  }
}
