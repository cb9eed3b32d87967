import { FRONT_NAMES, type FrontName, HOST } from './front.ts'
import type { Credentials } from './start-credentials.ts'

/** A request as a client sends it. */
export interface Start {
  readonly method?: string
  readonly target?: string
  readonly host?: string
  readonly lines: readonly string[]
  readonly body?: string
  /** The target as the app sees it, where that is not as it was sent. */
  readonly arrives?: string
  /** Instead of `close`. */
  readonly connection?: string
  /** Sent a first time before, whatever the answer is. */
  readonly isSentBefore?: boolean
}

/** It reaches the app, under the name of the device, or gets this status and does not. */
export type Outcome = 'app' | number

export interface StartRow {
  /** As the documentation has it. */
  readonly request: string
  readonly outcome: Readonly<Record<FrontName, Outcome>>
  /** Why the fronts differ. */
  readonly why: string
  readonly start: (by: Credentials, at: At) => Start | Promise<Start>
}

export interface At {
  /** What the app is called there, with its scheme. */
  readonly origin: string
  /** What `DPoP-Nonce` says at the moment. */
  readonly nonce: () => Promise<string>
}

type Make = StartRow['start']
const everywhere = (outcome: Outcome) =>
  Object.fromEntries(FRONT_NAMES.map((name) => [name, outcome])) as Record<FrontName, Outcome>
const same = (request: string, outcome: Outcome, start: Make): StartRow => ({
  request,
  outcome: everywhere(outcome),
  why: '',
  start,
})
type Others = Readonly<Partial<Record<FrontName, Outcome>>>
type Differs = readonly [Outcome, Others, string]
const differs = (request: string, [outcome, others, why]: Differs, start: Make): StartRow => ({
  request,
  outcome: { ...everywhere(outcome), ...others },
  why,
  start,
})

const bearer = (token: string) => `Authorization: Bearer ${token}`
const dpop = (token: string, proof: string) => [`Authorization: DPoP ${token}`, `DPoP: ${proof}`]
const UPGRADE = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
const IDENTITY = ['Device', 'Session', 'Role', 'Scopes', 'Assertion']

/** A device with a proof for this very request, or for another one. */
async function proved(by: Credentials, at: At, start: Omit<Start, 'lines'> & Other = {}): Promise<Start> {
  const { url, htm, claims, ...rest } = start
  const { method = 'GET', target = '/a?b=c' } = rest
  const path = target.replace(/\?.*$/, '')
  const nonce = await at.nonce()
  const proof = await by.prove({
    url: url ?? `${at.origin}${path}`,
    method: htm ?? method,
    nonce,
    ...(claims && { claims }),
  })
  return { ...rest, lines: dpop(by.deviceToken, proof) }
}
interface Other {
  readonly url?: string
  readonly htm?: string
  readonly claims?: Readonly<Record<string, unknown>>
}

const now = () => Math.floor(Date.now() / 1_000)

const TWICE: Differs = [401, { nginxPasses: 400, nginxAsks: 400 }, 'nginx takes one only']
const CREDENTIALS: readonly StartRow[] = [
  same('no credential', 401, () => ({ lines: [] })),
  same('an access token', 'app', (by) => ({ lines: [bearer(by.good)] })),
  same('an access token for this app', 'app', (by) => ({ lines: [bearer(by.here)] })),
  same('an access token for another app', 401, (by) => ({ lines: [bearer(by.elsewhere)] })),
  same('an expired one', 401, (by) => ({ lines: [bearer(by.expired)] })),
  same('one whose device token was revoked', 401, (by) => ({ lines: [bearer(by.revoked)] })),
  same('one without the scope', 403, (by) => ({ lines: [bearer(by.narrow)] })),
  same('a device token without a proof', 401, (by) => ({ lines: [bearer(by.deviceToken)] })),
  same('a password', 401, () => ({ lines: ['Authorization: Basic YTpi'] })),
  differs('a good and a bad `Authorization`', TWICE, (by) => ({ lines: [bearer(by.good), bearer('pga_x')] })),
  differs('a bad and a good `Authorization`', TWICE, (by) => ({ lines: [bearer('pga_x'), bearer(by.good)] })),
  same('a proof for this request', 'app', (by, at) => proved(by, at)),
  same('the same proof again', 401, (by, at) => proved(by, at, { isSentBefore: true })),
  same('a proof for another address', 401, (by, at) => proved(by, at, { url: `${at.origin}/b` })),
  same('a proof for another method', 401, (by, at) => proved(by, at, { htm: 'POST' })),
  same('a stale proof', 401, (by, at) => proved(by, at, { claims: { iat: now() - 120 } })),
  same('a proof that needs a nonce', 401, async (by, at) => {
    const proof = await by.prove({ url: `${at.origin}/a`, claims: { iat: now() - 50 } })
    return { lines: dpop(by.deviceToken, proof) }
  }),
  same('two proofs', 401, async (by, at) => {
    const { lines } = await proved(by, at)
    return { lines: [...lines, ...(await proved(by, at)).lines.slice(1)] }
  }),
]

const TARGETS: readonly StartRow[] = [
  same('a `token=` of the app in the query', 'app', (by) => ({
    target: '/a?token=x&access_token=y',
    lines: [bearer(by.good)],
  })),
  differs(
    'a token of the gateway in the query',
    [400, { nginxAsks: 403, caddyAsks: 403 }, 'nginx understands no 400 of who is asked'],
    (by) => ({ target: `/a?x=${by.good}`, lines: [bearer(by.good)] }),
  ),
  same('escapes, and all that may stand in a query', 'app', (by, at) =>
    proved(by, at, { target: "/a%20b/%C3%A9/it's?a=%2F&b=[1]|{2}&c=/../d" }),
  ),
  ...['/a/../b', '/a/%2e%2e/b', '/a//b', '/a%2Fb', '/a;x=1', '/%61'].map((target) =>
    differs(
      `the path \`${target}\``,
      [400, { nginxAsks: 'app', caddyAsks: 'app' }, 'letter by letter, as it was judged'],
      (by, at) => proved(by, at, { target }),
    ),
  ),
  differs(
    'the path `/a\\b`',
    [400, { nginxAsks: 'app', caddyAsks: 401 }, 'Caddy makes `%5C` of it, and that is not what was proved'],
    (by, at) => proved(by, at, { target: '/a\\b' }),
  ),
  differs('the path `/a%00b`', [400, { caddyAsks: 'app' }, 'letter by letter, as it was judged'], (by, at) =>
    proved(by, at, { target: '/a%00b' }),
  ),
  differs(
    'an address of this app instead of a path',
    ['app', { pairgate: 400 }, 'a proxy makes a path of it'],
    (by) => ({ target: `http://${HOST}/a`, arrives: '/a', lines: [bearer(by.here)] }),
  ),
  differs(
    'an address of another app instead of a path',
    [421, { pairgate: 400 }, 'no path at all'],
    (by) => ({ target: 'http://other.example/a', lines: [bearer(by.here)] }),
  ),
  same('a foreign `Host`', 421, (by) => ({ host: 'other.example', lines: [bearer(by.good)] })),
  same('two `Host`', 400, (by) => ({ lines: ['Host: other.example', bearer(by.good)] })),
  // What a proxy passes on with these cannot be read for sure, and nobody is let in by less than the app needs.
  differs(
    'a method that is none, and a token without the scope',
    [400, { nginxAsks: 403, caddyAsks: 403 }, 'not a method that the gateway reads'],
    (by) => ({ method: 'GET_X', lines: [bearer(by.narrow)] }),
  ),
  differs(
    'the path `/a#b`, and a token without the scope',
    [400, { nginxAsks: 403, caddyAsks: 403 }, 'no path that the gateway reads'],
    (by) => ({ target: '/a#b', lines: [bearer(by.narrow)] }),
  ),
]

const METHODS: readonly StartRow[] = [
  ...['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) =>
    same(`\`${method}\``, 'app', (by, at) =>
      proved(by, at, { method, ...(method !== 'HEAD' && { body: 'the body' }) }),
    ),
  ),
  same('`OPTIONS` without a credential, as pages ask first', 401, () => ({ method: 'OPTIONS', lines: [] })),
]

const FORGED: readonly StartRow[] = [
  same('`X-Pairgate-*` of the client', 'app', (by) => ({
    lines: [bearer(by.good), ...IDENTITY.map((name) => `X-Pairgate-${name}: forged`)],
  })),
  same('`X-Pairgate-*` of the client, and no credential', 401, () => ({
    lines: IDENTITY.map((name) => `X-Pairgate-${name}: forged`),
  })),
  same('the same spelt with `_`', 'app', (by) => ({
    lines: [bearer(by.good), ...IDENTITY.map((name) => `X_Pairgate_${name}: forged`)],
  })),
  same('`Proxy`, which some programs take for a setting of theirs', 'app', (by) => ({
    lines: [bearer(by.good), 'Proxy: http://forged.example'],
  })),
  differs(
    '`X-Forwarded-*` that say this app, and a token for another',
    [401, { pairgate: 403 }, 'nobody is in front who might say so'],
    (by) => ({ lines: [bearer(by.elsewhere), ...forwarded('other.example')] }),
  ),
  differs(
    '`X-Forwarded-*` that say another app, and a token for this',
    ['app', { pairgate: 403 }, 'as above'],
    (by) => ({ lines: [bearer(by.here), ...forwarded('other.example')] }),
  ),
  same('`X-Original-*` that say another app, and a token for it', 401, (by) => ({
    lines: [bearer(by.elsewhere), ...ORIGINAL],
  })),
  same('`X-Original-*` that say another app, and a token for this', 'app', (by) => ({
    lines: [bearer(by.here), ...ORIGINAL],
  })),
  differs(
    '`X-Forwarded-For`, `Forwarded` and `X-Real-IP` of the client',
    ['app', { pairgate: 403 }, 'as above'],
    (by) => ({
      lines: [
        bearer(by.good),
        'X-Forwarded-For: 198.51.100.66',
        'Forwarded: for=198.51.100.66',
        'X-Real-IP: 198.51.100.66',
      ],
    }),
  ),
  same('`Connection` that names the headers of the gateway', 'app', (by) => ({
    lines: [bearer(by.good)],
    connection: 'close, X-Pairgate-Device, X-Pairgate-Scopes, X-Forwarded-For, X-Original-URL, Host',
  })),
  differs(
    '`Connection` that names `Authorization` and `Cookie`',
    ['app', { caddyPasses: 401 }, 'Caddy takes both away, before it passes anything on'],
    (by) => ({ lines: [bearer(by.good), 'Cookie: a=1'], connection: 'close, Authorization, Cookie' }),
  ),
]
function forwarded(host: string): readonly string[] {
  return [
    'X-Forwarded-Method: GET',
    'X-Forwarded-Proto: https',
    `X-Forwarded-Host: ${host}`,
    'X-Forwarded-Uri: /forged',
    'X-Forwarded-Prefix: /forged',
    'X-Forwarded-Port: 4711',
  ]
}
const ORIGINAL = [
  'X-Original-Method: GET',
  'X-Original-URL: https://other.example/forged',
  'X-Rewrite-URL: /forged',
]

const COOKIE = `pgc_${'x'.repeat(50)}`
const REST: readonly StartRow[] = [
  same('`TRACE`', 405, (by) => ({ method: 'TRACE', lines: [bearer(by.good)] })),
  same('cookies of the app', 'app', (by) => ({ lines: [bearer(by.good), 'Cookie: a=1; b=2'] })),
  same('cookies of the app and of the gateway', 'app', (by) => ({
    lines: [bearer(by.good), `Cookie: a=1; __Host-pairgate-app-0=${COOKIE}; pairgate-state=x; b=2`],
  })),
  same('a cookie of the app, and one of the gateway', 'app', (by) => ({
    lines: [bearer(by.good), `Cookie: a=1; __Host-pairgate-app-0=${COOKIE}`],
  })),
  same('a cookie of the gateway, and one of the app', 'app', (by) => ({
    lines: [bearer(by.good), `Cookie: __Host-pairgate-app-0=${COOKIE}; a=1`],
  })),
  differs(
    'a header of 20,000 letters',
    [431, { nginxPasses: 400, nginxAsks: 400 }, "nginx's own limit and answer"],
    (by) => ({ lines: [bearer(by.good), `X-Long: ${'x'.repeat(20_000)}`] }),
  ),
  same('a WebSocket', 'app', (by) => ({ lines: [bearer(by.good), ...UPGRADE], connection: 'Upgrade' })),
  same('a WebSocket without a credential', 401, () => ({ lines: UPGRADE, connection: 'Upgrade' })),
  differs(
    'a WebSocket of a page of another origin',
    [
      403,
      { nginxAsks: 'app', caddyAsks: 'app' },
      'with a token in the header it is no page; the app may look',
    ],
    (by) => ({
      lines: [bearer(by.good), 'Origin: https://page.example', ...UPGRADE],
      connection: 'Upgrade',
    }),
  ),
  differs('an upgrade to HTTP/2', [400, { nginxAsks: 'app' }, 'nginx leaves the upgrade out'], (by) => ({
    lines: [bearer(by.good), 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
    connection: 'Upgrade, HTTP2-Settings',
  })),
  differs(
    'an upgrade to a WebSocket or to HTTP/2',
    [400, { nginxPasses: 'app', caddyPasses: 'app', nginxAsks: 'app' }, 'only the first of the two goes on'],
    (by) => ({ lines: [bearer(by.good), ...UPGRADE, 'Upgrade: h2c'], connection: 'Upgrade' }),
  ),
]

/** Those that do not depend on how a program reads the bytes. */
export const READ_ALIKE: readonly StartRow[] = [...CREDENTIALS, ...METHODS, ...FORGED]

/** Every way to begin a request, and what becomes of it behind what. */
export const STARTS: readonly StartRow[] = [...CREDENTIALS, ...TARGETS, ...METHODS, ...FORGED, ...REST]
