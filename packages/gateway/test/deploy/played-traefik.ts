import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestHooks } from '../harness/gateway-of-test.ts'

/** What of the configuration counts on the way of a request. */
export interface TraefikPlan {
  readonly forwardAuth: {
    readonly address: string
    readonly trustForwardHeader: boolean
    readonly authResponseHeaders: readonly string[]
    readonly authResponseHeadersRegex: string
    readonly addAuthCookiesToResponse?: readonly string[]
    readonly preserveLocationHeader?: boolean
  }
  /** Headers that are taken away before the question, and after it. */
  readonly removed: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly app: string
}

/** Names as Go writes them, each with all of its values. */
type Headers = Map<string, string[]>

const HOP = ['Connection', 'Keep-Alive', 'Te', 'Trailers', 'Transfer-Encoding', 'Upgrade']
/** What Traefik itself says, so that nobody else does. */
const MANAGED = [
  ...['Proto', 'For', 'Host', 'Port', 'Server', 'Uri', 'Method', 'Prefix', 'Scheme'].map(
    (end) => `X-Forwarded-${end}`,
  ),
  'X-Forwarded-Tls-Client-Cert',
  'X-Forwarded-Tls-Client-Cert-Info',
  'X-Scheme',
  'X-Real-Ip',
]

/**
 * Plays the way of a request through Traefik v3: entry point, headers, ForwardAuth, headers, service, step by step
 * as in `forwarded_header.go`, `forward.go` and `connectionheader.go` of its sources. TLS and the matching of rules
 * are left out: it speaks HTTP, and says that it was HTTPS.
 */
export async function playTraefik(hooks: TestHooks, plan: TraefikPlan): Promise<number> {
  const server = createServer((request, response) => void serve(plan, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  hooks.after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

async function serve(plan: TraefikPlan, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = readHeaders(request.rawHeaders)
  const host = headers.get('Host')?.[0] ?? ''
  headers.delete('Host')
  enterEntryPoint(headers)
  for (const name of plan.removed.before) headers.delete(canonical(name))
  const asked = await exchange(plan.forwardAuth.address, {
    method: 'GET',
    headers: questionHeaders(plan, { headers, host, request }),
  })
  if (asked.status < 200 || asked.status > 299) return refuse(plan, asked, response)
  copyIdentity(plan, headers, asked.headers)
  for (const name of plan.removed.after) headers.delete(canonical(name))
  const body: Buffer[] = []
  for await (const piece of request) body.push(piece as Buffer)
  headers.set('X-Forwarded-For', ['127.0.0.1'])
  const { method = '', url = '' } = request
  const answer = await exchange(`${plan.app}${url}`, {
    method,
    headers: [...flat(headers), 'Host', host],
    body: Buffer.concat(body),
  })
  const cookies = new Set(plan.forwardAuth.addAuthCookiesToResponse)
  const own = (answer.headers.get('Set-Cookie') ?? []).filter((each) => !cookies.has(nameOf(each)))
  const added = (asked.headers.get('Set-Cookie') ?? []).filter((each) => cookies.has(nameOf(each)))
  answer.headers.set('Set-Cookie', [...own, ...added])
  answer.headers.delete('Transfer-Encoding')
  response.writeHead(answer.status, flat(answer.headers)).end(answer.body)
}

/** Nobody in front is trusted, so what its client says of its way is dropped; then `Connection` is obeyed. */
function enterEntryPoint(headers: Headers): void {
  for (const name of headers.keys()) if (isManaged(name)) headers.delete(name)
  headers.set('X-Real-Ip', ['127.0.0.1'])
  headers.set('X-Forwarded-Proto', ['https'])
  headers.set('X-Forwarded-Server', ['traefik.example'])
  for (const name of (headers.get('Connection') ?? []).flatMap((each) => each.split(','))) {
    const key = canonical(name.trim())
    if (!isManaged(key)) headers.delete(key)
  }
  headers.delete('Connection')
}

interface Asking {
  readonly headers: Headers
  readonly host: string
  readonly request: IncomingMessage
}

/** `writeHeader`: those of the client, without what is for the next program, and what was asked for. */
function questionHeaders(
  { forwardAuth }: TraefikPlan,
  { headers, host, request }: Asking,
): readonly string[] {
  const sent: Headers = new Map(headers)
  for (const name of HOP) sent.delete(name)
  if (!forwardAuth.trustForwardHeader) for (const name of sent.keys()) if (isManaged(name)) sent.delete(name)
  const before = sent.get('X-Forwarded-For')
  sent.set('X-Forwarded-For', [[...(before ?? []), '127.0.0.1'].join(', ')])
  const told = {
    'X-Forwarded-Method': request.method ?? '',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Host': host,
    'X-Forwarded-Uri': request.url ?? '',
  }
  for (const [name, value] of Object.entries(told)) if (!sent.has(name)) sent.set(name, [value])
  return [...flat(sent), 'Host', new URL(forwardAuth.address).host]
}

/** Whatever was answered goes to the client; a `Location` as if the client had asked the gateway itself. */
function refuse({ forwardAuth }: TraefikPlan, asked: Exchanged, response: ServerResponse): void {
  for (const name of HOP) asked.headers.delete(name)
  const location = asked.headers.get('Location')?.[0]
  if (location !== undefined && !forwardAuth.preserveLocationHeader)
    asked.headers.set('Location', [new URL(location, forwardAuth.address).href])
  response.writeHead(asked.status, flat(asked.headers)).end(asked.body)
}

/** First those of the list, then all that the expression names: the client's own of that name never stay. */
function copyIdentity({ forwardAuth }: TraefikPlan, headers: Headers, answered: Headers): void {
  for (const name of forwardAuth.authResponseHeaders.map(canonical)) {
    headers.delete(name)
    const values = answered.get(name)
    if (values) headers.set(name, values)
  }
  const named = goExpression(forwardAuth.authResponseHeadersRegex)
  for (const name of headers.keys()) if (named.test(name)) headers.delete(name)
  for (const [name, values] of answered) if (named.test(name)) headers.set(name, values)
}

/** Go writes flags in front; the rest of what is used here means the same. */
function goExpression(source: string): RegExp {
  return source.startsWith('(?i)') ? new RegExp(source.slice(4), 'i') : new RegExp(source)
}

interface Exchanged {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

async function exchange(
  url: string,
  { body, ...options }: { method: string; headers: readonly string[]; body?: Buffer },
): Promise<Exchanged> {
  const sent = httpRequest(url, { ...options, agent: false, setHost: false })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece as Buffer)
  return {
    status: answer.statusCode ?? 0,
    headers: readHeaders(answer.rawHeaders),
    body: Buffer.concat(pieces),
  }
}

function readHeaders(raw: readonly string[]): Headers {
  const headers: Headers = new Map()
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = canonical(raw[at] ?? '')
    headers.set(name, [...(headers.get(name) ?? []), raw[at + 1] ?? ''])
  }
  return headers
}

function flat(headers: Headers): string[] {
  return [...headers].flatMap(([name, values]) => values.flatMap((value) => [name, value]))
}

/** As Go spells names: `x_y-zz` is `X_y-Zz`. */
function canonical(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_all, before: string, letter: string) => before + letter.toUpperCase())
}

function isManaged(name: string): boolean {
  return MANAGED.includes(canonical(name.replaceAll('_', '-')))
}

function nameOf(cookie: string): string {
  return cookie.slice(0, cookie.indexOf('='))
}
