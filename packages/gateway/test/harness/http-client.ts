import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A client that sends what it is told and nothing else; its connections stay open until `close`. */
export interface HttpClient {
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<HttpAnswer>
  close(): void
}

/** @param to asked with each request: a gateway that starts again may have another port. */
export function openHttpClient(to: { readonly port: number }): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  return {
    get(path, headers = {}, method = 'GET') {
      const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
      const sent = request({ host: '127.0.0.1', port: to.port, path, method, headers, agent }, (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (piece: string) => {
          body += piece
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
        answer.on('error', reject)
      })
      sent.on('error', reject)
      sent.end()
      return promise
    },
    close: () => agent.destroy(),
  }
}
