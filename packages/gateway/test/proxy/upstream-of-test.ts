import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestHooks } from '../harness/gateway-of-test.ts'

/** A request as it arrived. */
export interface Arrived {
  readonly method: string
  readonly url: string
  /** Name and value by turns, as they were written. */
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A real server behind the gateway, which notes everything that reaches it. */
export interface UpstreamOfTest {
  readonly target: string
  readonly arrived: Arrived[]
  /** How many of its connections are open. */
  readonly connections: number
  /** How the next requests are answered; first with 200 and nothing special. */
  answerBy(answer: Answer): void
  upgradeBy(answer: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface UpstreamOptions {
  readonly socketPath?: string
  /** Left alone, the body of a request is read before it is answered. */
  readonly readsBody?: boolean
}

export async function openUpstream(hooks: TestHooks, options: UpstreamOptions = {}): Promise<UpstreamOfTest> {
  const { socketPath, readsBody = true } = options
  const arrived: Arrived[] = []
  const sockets = new Set<Socket>()
  let answer: Answer = (_request, response) => response.end('fine')
  let upgrade = (_request: IncomingMessage, socket: Duplex, _head: Buffer): void => void socket.destroy()
  const server: Server = createServer((request, response) => {
    const { method = '', url = '', rawHeaders, headers } = request
    if (!readsBody) {
      arrived.push({ method, url, rawHeaders, headers, body: '' })
      return answer(request, response, '')
    }
    let body = ''
    request.setEncoding('latin1').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      arrived.push({ method, url, rawHeaders, headers, body })
      answer(request, response, body)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  })
  server.on('upgrade', (request, socket, head) => {
    const { method = '', url = '', rawHeaders, headers } = request
    arrived.push({ method, url, rawHeaders, headers, body: '' })
    upgrade(request, socket, head)
  })
  await new Promise<void>((resolve) => {
    if (socketPath === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socketPath, resolve)
  })
  hooks.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    target:
      socketPath === undefined
        ? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        : `unix:${socketPath}`,
    arrived,
    get connections() {
      return sockets.size
    },
    answerBy(next) {
      answer = next
    },
    upgradeBy(next) {
      upgrade = next
    },
  }
}
