import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface Seen {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What browsers do of themselves: keep cookies by host name, whatever the port, and say how a request came about. */
export interface BrowserOfTest {
  /** A person goes there. */
  go(url: string, asking?: Asking): Promise<Seen>
  /** A script of the page at this address asks for another address of its own origin. */
  fetch(url: string, asking?: Asking): Promise<Seen>
  /** Its cookies for the host of an address, by name. */
  cookies(url: string): Map<string, string>
  cookieHeader(url: string): string
}

/** Every name leads to this machine. */
export function openBrowser(): BrowserOfTest {
  const jars = new Map<string, Map<string, string>>()
  function cookies(url: string): Map<string, string> {
    const { hostname } = new URL(url)
    const jar = jars.get(hostname) ?? new Map<string, string>()
    jars.set(hostname, jar)
    return jar
  }
  const cookieHeader = (url: string) =>
    Array.from(cookies(url), ([name, value]) => `${name}=${value}`).join('; ')
  function keep(url: string, lines: readonly string[] = []): void {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? []
      cookies(url).set(name, value)
    }
  }
  async function send(url: string, own: Record<string, string>, asking: Asking): Promise<Seen> {
    const cookie = cookieHeader(url)
    const headers = { ...own, ...(cookie !== '' && { cookie }), ...asking.headers }
    const seen = await ask(url, { ...asking, headers })
    keep(url, seen.headers['set-cookie'])
    return seen
  }
  return {
    cookies,
    cookieHeader,
    go: (url, asking = {}) =>
      send(url, { accept: 'text/html,*/*', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' }, asking),
    fetch(url, asking = {}) {
      const { origin } = new URL(url)
      const own = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin', origin }
      return send(url, own, asking)
    },
  }
}

/** One request with these headers and no others, to whatever name. */
function ask(url: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Seen> {
  const { protocol, port, host } = new URL(url)
  const path = url.slice(url.indexOf(host) + host.length)
  const { promise, resolve, reject } = Promise.withResolvers<Seen>()
  const options = { host: '127.0.0.1', port, path, method, agent: false, headers: { host, ...headers } }
  const sent =
    protocol === 'https:' ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options)
  sent.on('response', (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    answer.on('error', reject)
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}
