import type { WireClient } from '../harness/wire-client.ts'
import type { Outcome, Start } from './start-table.ts'

/** What a browser has of an app after it came in, and who let it in. */
export interface Visitor {
  readonly origin: string
  /** `name=value` of the cookie of state, of that of the app, and of that of another app at the same host. */
  readonly state: string
  readonly cookie: string
  readonly otherCookie: string
  /** A new ticket for this browser, as the path that it goes to. */
  readonly ticket: () => Promise<string>
  readonly client: WireClient
}

export interface BrowserRow {
  /** As the documentation has it. */
  readonly request: string
  /** `pairing page` is a redirect to it. */
  readonly outcome: Outcome | 'pairing page' | 'entered'
  readonly start: (by: Visitor) => Start | Promise<Start>
}

const NAVIGATE = ['Accept: text/html', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: none']
const SCRIPT = ['Accept: */*', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Site: same-origin']
const SOCKET = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
const cookies = (...pairs: readonly string[]) => `Cookie: ${pairs.join('; ')}`
const foreign = 'Origin: https://page.example'
const post = { method: 'POST', body: 'the body' }

/** How browsers come to an app, the same behind every proxy. */
export const BROWSER_STARTS: readonly BrowserRow[] = [
  { request: 'a person without a cookie', outcome: 'pairing page', start: () => ({ lines: NAVIGATE }) },
  { request: 'a script without a cookie', outcome: 401, start: () => ({ lines: SCRIPT }) },
  {
    request: 'a browser that comes back with its ticket',
    outcome: 'entered',
    start: async ({ ticket, state }) => ({ target: await ticket(), lines: [...NAVIGATE, cookies(state)] }),
  },
  {
    request: 'the same ticket again',
    outcome: 403,
    start: async ({ ticket, state }) => ({
      target: await ticket(),
      lines: [...NAVIGATE, cookies(state)],
      isSentBefore: true,
    }),
  },
  {
    request: 'the ticket of another browser',
    outcome: 403,
    start: async ({ ticket }) => ({ target: await ticket(), lines: NAVIGATE }),
  },
  {
    request: 'the cookie of the app, and one of its own',
    outcome: 'app',
    start: ({ cookie, state }) => ({ lines: [...NAVIGATE, cookies('a=1', state, cookie)] }),
  },
  {
    request: 'the cookie of another app at the same host',
    outcome: 401,
    start: ({ otherCookie }) => ({ lines: [...SCRIPT, cookies(otherCookie)] }),
  },
  {
    request: 'its value under the name of this app',
    outcome: 401,
    start: ({ cookie, otherCookie }) => ({
      lines: [...SCRIPT, cookies(`${cookie.split('=')[0]}=${otherCookie.split('=')[1]}`)],
    }),
  },
  {
    request: 'the cookie twice',
    outcome: 401,
    start: ({ cookie }) => ({ lines: [...SCRIPT, cookies(cookie, cookie)] }),
  },
  {
    request: '`POST` with the cookie, of a page of the app',
    outcome: 'app',
    start: ({ cookie, origin }) => ({
      ...post,
      lines: [...SCRIPT, cookies('a=1', cookie), `Origin: ${origin}`],
    }),
  },
  {
    request: '`POST` with the cookie, of a page of another origin',
    outcome: 403,
    start: ({ cookie }) => ({ ...post, lines: [cookies(cookie), foreign] }),
  },
  {
    request: '`POST` with the cookie, and no `Origin`',
    outcome: 403,
    start: ({ cookie }) => ({ ...post, lines: [cookies(cookie)] }),
  },
  {
    request: 'an image of another site, with the cookie',
    outcome: 403,
    start: ({ cookie }) => ({
      lines: ['Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Site: cross-site', cookies(cookie)],
    }),
  },
  {
    request: 'a WebSocket with the cookie, of a page of the app',
    outcome: 'app',
    start: ({ cookie, origin }) => ({
      lines: [...SOCKET, cookies('a=1', cookie), `Origin: ${origin}`],
      connection: 'Upgrade',
    }),
  },
  {
    request: 'a WebSocket with the cookie, of a page of another origin',
    outcome: 403,
    start: ({ cookie }) => ({ lines: [...SOCKET, cookies(cookie), foreign], connection: 'Upgrade' }),
  },
]
