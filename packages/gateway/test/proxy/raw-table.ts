/** A request as bytes, and all that may reach the upstream of it: `METHOD target body`, nothing for a refusal. */
export interface RawCase {
  readonly name: string
  readonly bytes: string
  readonly arrives: readonly string[]
}

const HOST = 'Host: 127.0.0.1'
const message = (first: string, headers: readonly string[], body = ''): string =>
  `${[first, ...headers].join('\r\n')}\r\n\r\n${body}`
const get = (target: string, ...headers: string[]) => message(`GET ${target} HTTP/1.1`, [HOST, ...headers])
const post = (headers: readonly string[], body: string) =>
  message('POST /pub HTTP/1.1', [HOST, ...headers], body)
const refuse = (name: string, bytes: string): RawCase => ({ name, bytes, arrives: [] })
const pass = (name: string, bytes: string, ...arrives: string[]): RawCase => ({ name, bytes, arrives })

/** Behind any of these somebody has put another request, for a route that is not theirs. */
const HIDDEN = 'GET /priv HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Pairgate-Device: forged\r\n\r\n'
const CHUNKED = `${'0'}\r\n\r\n`

const FRAMING: readonly RawCase[] = [
  pass('a plain request', get('/pub'), 'GET /pub '),
  pass('a body with its length', post(['Content-Length: 3'], 'abc'), 'POST /pub abc'),
  pass('a body in pieces', post(['Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n'), 'POST /pub abc'),
  pass(
    'pieces with an extension',
    post(['Transfer-Encoding: chunked'], '3;x=y\r\nabc\r\n0\r\n\r\n'),
    'POST /pub abc',
  ),
  pass(
    'pieces with a trailer, which is dropped',
    post(['Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\nX-Pairgate-Device: forged\r\n\r\n'),
    'POST /pub abc',
  ),
  pass('two requests in a row', get('/pub/1') + get('/pub/2'), 'GET /pub/1 ', 'GET /pub/2 '),
  pass(
    'a hidden request that is the body',
    post([`Content-Length: ${HIDDEN.length}`], HIDDEN),
    `POST /pub ${HIDDEN}`,
  ),
  refuse(
    'a length and pieces (CL.TE)',
    post(['Content-Length: 6', 'Transfer-Encoding: chunked'], `${CHUNKED}${HIDDEN}`),
  ),
  refuse(
    'pieces and a length (TE.CL)',
    post(
      ['Transfer-Encoding: chunked', 'Content-Length: 4'],
      `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`,
    ),
  ),
  refuse('two lengths', post(['Content-Length: 0', `Content-Length: ${HIDDEN.length}`], HIDDEN)),
  refuse('two equal lengths', post(['Content-Length: 3', 'Content-Length: 3'], 'abc')),
  refuse('a list of lengths', post(['Content-Length: 3, 3'], 'abc')),
  refuse('a length with a sign', post(['Content-Length: +3'], 'abc')),
  refuse('a negative length', post(['Content-Length: -3'], 'abc')),
  refuse('a length in hex', post(['Content-Length: 0x3'], 'abc')),
  refuse('an empty length', post(['Content-Length:'], '')),
  refuse('a length with a space in it', post(['Content-Length: 1 3'], 'abc')),
  refuse('a length beyond all numbers', post(['Content-Length: 99999999999999999999999'], 'abc')),
  refuse('a coding that is none', post(['Transfer-Encoding: xchunked'], CHUNKED)),
  refuse('a coding behind another', post(['Transfer-Encoding: gzip, chunked'], CHUNKED)),
  refuse('identity and pieces', post(['Transfer-Encoding: identity, chunked'], CHUNKED)),
  refuse('pieces that are not last', post(['Transfer-Encoding: chunked, identity'], CHUNKED)),
  refuse('pieces twice', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], CHUNKED)),
  refuse(
    'a coding with a vertical tab',
    post(['Transfer-Encoding: \x0bchunked', 'Content-Length: 3'], 'abc'),
  ),
  refuse('a coding with a quote', post(['Transfer-Encoding: "chunked"'], CHUNKED)),
  refuse(
    'a space before the colon of a coding',
    post(['Transfer-Encoding : chunked', 'Content-Length: 3'], 'abc'),
  ),
  refuse('a tab before the colon of a length', post(['Content-Length\t: 3'], 'abc')),
  refuse(
    'pieces with HTTP/1.0',
    message('POST /pub HTTP/1.0', [HOST, 'Transfer-Encoding: chunked', 'Content-Length: 3'], CHUNKED),
  ),
  refuse('a broken piece size', post(['Transfer-Encoding: chunked'], '3x\r\nabc\r\n0\r\n\r\n')),
  refuse('a negative piece size', post(['Transfer-Encoding: chunked'], '-1\r\nabc\r\n0\r\n\r\n')),
  refuse('a piece size with a prefix', post(['Transfer-Encoding: chunked'], '0x3\r\nabc\r\n0\r\n\r\n')),
  refuse(
    'a piece size beyond all numbers',
    post(['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'),
  ),
  refuse('a piece that ends with LF', post(['Transfer-Encoding: chunked'], '3\nabc\n0\n\n')),
  refuse('a piece longer than it says', post(['Transfer-Encoding: chunked'], '3\r\nabcdef\r\n0\r\n\r\n')),
]

const LINES: readonly RawCase[] = [
  refuse('lines that end with LF', `GET /pub HTTP/1.1\n${HOST}\n\n`),
  refuse('a header that ends with LF', `GET /pub HTTP/1.1\r\n${HOST}\nX: y\r\n\r\n`),
  refuse('a header that ends with CR', `GET /pub HTTP/1.1\r\n${HOST}\rX: y\r\n\r\n`),
  refuse('a folded header', get('/pub', 'X: a', ' b: c')),
  refuse('a header that begins the fold', message('GET /pub HTTP/1.1', [' X: a', HOST])),
  refuse('a NUL in a value', get('/pub', 'X: a\0b')),
  refuse('a NUL in a name', get('/pub', 'X\0: a')),
  refuse('a space in a name', get('/pub', 'X Y: a')),
  refuse('a line without a colon', get('/pub', 'nothing')),
  refuse('an empty name', get('/pub', ': a')),
  refuse('a name with a bracket', get('/pub', 'X(: a')),
  refuse('no version', `GET /pub\r\n\r\n`),
  refuse('version 2', message('GET /pub HTTP/2.0', [HOST])),
  refuse('version 1.2', message('GET /pub HTTP/1.2', [HOST])),
  refuse('a method that is none', message('GE(T /pub HTTP/1.1', [HOST])),
  refuse('a method in small letters', message('get /pub HTTP/1.1', [HOST])),
  pass('two spaces before the target', message('GET  /pub HTTP/1.1', [HOST]), 'GET /pub '),
  refuse('a tab before the target', message('GET\t/pub HTTP/1.1', [HOST])),
  refuse('headers without end', get('/pub', `X: ${'a'.repeat(20_000)}`)),
]

const AUTHORITY: readonly RawCase[] = [
  refuse('no host', message('GET /pub HTTP/1.1', [])),
  refuse('an empty host', message('GET /pub HTTP/1.1', ['Host:'])),
  refuse('two hosts', get('/pub', 'Host: evil.example')),
  refuse('the same host twice', get('/pub', HOST)),
  refuse('a host with a path', message('GET /pub HTTP/1.1', ['Host: 127.0.0.1/priv'])),
  refuse('a host with a user', message('GET /pub HTTP/1.1', ['Host: a@127.0.0.1'])),
  refuse('two hosts in one line', message('GET /pub HTTP/1.1', ['Host: 127.0.0.1, evil.example'])),
  refuse('a host with a port that is none', message('GET /pub HTTP/1.1', ['Host: 127.0.0.1:80x'])),
  refuse('a foreign host', message('GET /pub HTTP/1.1', ['Host: evil.example'])),
  refuse('an absolute target', message('GET http://127.0.0.1/pub HTTP/1.1', [HOST])),
  refuse('an absolute target of another host', message('GET http://evil.example/pub HTTP/1.1', [HOST])),
  refuse('an absolute target of another scheme', message('GET file:///pub HTTP/1.1', [HOST])),
  refuse('an authority as target', message('GET 127.0.0.1:80 HTTP/1.1', [HOST])),
  refuse('CONNECT', message('CONNECT 127.0.0.1:80 HTTP/1.1', [HOST])),
  refuse('CONNECT to a path', message('CONNECT /pub HTTP/1.1', [HOST])),
  refuse('an asterisk', message('OPTIONS * HTTP/1.1', [HOST])),
  refuse('TRACE', message('TRACE /pub HTTP/1.1', [HOST])),
  refuse('a target without a slash', message('GET pub HTTP/1.1', [HOST])),
  refuse('two slashes and a host', get('//evil.example/pub')),
  refuse('a forwarding header of a stranger', get('/pub', 'X-Forwarded-For: 10.0.0.1')),
  refuse('a forwarding header of a stranger in its new form', get('/pub', 'Forwarded: for=10.0.0.1')),
]

const PATHS: readonly RawCase[] = [
  '/pub/../priv',
  '/pub/%2e%2e/priv',
  '/pub/.%2E/priv',
  '/pub/..%2fpriv',
  '/pub/..%5cpriv',
  '/pub\\..\\priv',
  '/pub/..;/priv',
  '/pub;/../priv',
  '/pub//../priv',
  '/pub/./x',
  '/./pub',
  '//pub',
  '/pub//x',
  '/%70ub',
  '/pub/%252e%252e/priv',
  '/pub/%c0%ae%c0%ae/priv',
  '/pub/%00',
  '/pub%00/priv',
  '/pub%0d%0aX:%20y',
  '/pub#/../priv',
  '/pub%23',
  '/pub?x#y',
  '/pub/\u00ff',
  '/pub|x',
  '/pub/%u002e',
  '/pub/%',
  '/priv',
  '/public',
  '/PUB',
  '/pub?a\\b',
].map((target) => refuse(`the path ${JSON.stringify(target)}`, get(target)))

const HEADERS: readonly RawCase[] = [
  pass('a dot segment in the query', get('/pub?next=/../priv'), 'GET /pub?next=/../priv '),
  pass('a host taken away by Connection', get('/pub', 'Connection: Host, Via'), 'GET /pub '),
  pass(
    'a length taken away by Connection',
    post(['Connection: content-length', `Content-Length: ${HIDDEN.length}`], HIDDEN),
    `POST /pub ${HIDDEN}`,
  ),
  pass('an upgrade that Connection does not name', get('/pub', 'Upgrade: websocket'), 'GET /pub '),
  pass('settings of HTTP/2', get('/pub', 'HTTP2-Settings: AAMAAABkAAQAAP__'), 'GET /pub '),
  pass('a method that is written over', get('/pub', 'X-HTTP-Method-Override: DELETE'), 'GET /pub '),
  refuse(
    'an upgrade to HTTP/2',
    get('/pub', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
  ),
  refuse('HTTP/2 as if it were agreed', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  refuse('an expectation that nobody has', get('/pub', 'Expect: magic')),
  refuse(
    'an upgrade with a hidden request behind it',
    get('/pub', 'Connection: Upgrade', 'Upgrade: websocket') + HIDDEN,
  ),
]

export const RAW_CASES: readonly RawCase[] = [...FRAMING, ...LINES, ...AUTHORITY, ...PATHS, ...HEADERS]
