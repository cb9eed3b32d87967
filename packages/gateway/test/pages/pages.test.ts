import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { readPages } from '../../src/pages/read-pages.ts'
import { openHouse } from '../house/http-house.ts'
import { rawRequest } from '../house/raw-request.ts'
import { temporaryDir } from '../house/temporary-dir.ts'

const HOST = 'Host: 127.0.0.1:18789'
const CLOSE = 'Connection: close'
const ROWS = [
  { path: 'pair', type: 'text/html; charset=utf-8', etag: 'one', immutable: false, file: 'pair.gz' },
  { path: 'a-_b.js', type: 'text/javascript', etag: 'two', immutable: true, file: 'a-_b.js.gz' },
]

function pagesDir(context: Parameters<typeof temporaryDir>[0], rows: unknown = ROWS): string {
  const dir = temporaryDir(context)
  writeFileSync(join(dir, 'pages.json'), JSON.stringify(rows))
  for (const { path, file } of ROWS) writeFileSync(join(dir, file), gzipSync(`content of ${path}`))
  return dir
}

async function openPages(context: Parameters<typeof openHouse>[0] & Parameters<typeof temporaryDir>[0]) {
  const pages = await readPages(pagesDir(context))
  const { listening } = await openHouse(context, { pages, trustedProxies: ['127.0.0.2'] })
  return (path: string, ...lines: string[]) =>
    rawRequest(listening, [`GET ${path} HTTP/1.1`, CLOSE, ...(lines.some(isHost) ? [] : [HOST]), ...lines])
}
const isHost = (line: string): boolean => line.startsWith('Host:')

test('a page may load from its own origin only, holds nothing inline, and stands in no frame', async (context) => {
  const ask = await openPages(context)
  const { status, headers, body } = await ask('/__pairgate__/pair?return=x')
  assert.deepEqual([status, body], [200, 'content of pair'])
  const policy = headers['content-security-policy'] ?? ''
  assert.equal(
    policy,
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; connect-src 'self' ws://127.0.0.1:18789; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  )
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
  assert.match(headers['permissions-policy'] ?? '', /camera=\(\)/)
})

test('what a page loads is for its origin alone, and no page itself', async (context) => {
  const ask = await openPages(context)
  const { headers, body } = await ask('/__pairgate__/a-_b.js')
  assert.equal(body, 'content of a-_b.js')
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
  assert.match(headers['content-security-policy'] ?? '', /^default-src 'none';/)
})

test('names that change with their content are kept for ever, all others are asked for again', async (context) => {
  const ask = await openPages(context)
  const page = await ask('/__pairgate__/pair')
  assert.deepEqual([page.headers['cache-control'], page.headers['etag']], ['no-cache', 'W/"one"'])
  const asset = await ask('/__pairgate__/a-_b.js')
  assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable')
  const same = await ask('/__pairgate__/pair', 'If-None-Match: W/"one"')
  assert.deepEqual([same.status, same.body], [304, ''])
  assert.match(same.headers['content-security-policy'] ?? '', /frame-ancestors 'none'/)
  assert.equal((await ask('/__pairgate__/pair', 'If-None-Match: W/"other"')).status, 200)
})

test('who takes gzip gets what was packed before', async (context) => {
  const pages = await readPages(pagesDir(context))
  const { listening } = await openHouse(context, { pages })
  const url = `http://127.0.0.1:${listening.port}/__pairgate__/pair`
  for (const [accepts, isPacked] of [
    ['gzip', true],
    ['br, gzip;q=0.5, *', true],
    ['br', false],
    ['gzip;q=0', false],
    ['identity', false],
  ] as const) {
    const answer = await rawRequest(listening, [
      'GET /__pairgate__/pair HTTP/1.1',
      HOST,
      CLOSE,
      `Accept-Encoding: ${accepts}`,
    ])
    assert.equal(answer.headers['content-encoding'], isPacked ? 'gzip' : undefined, accepts)
    assert.equal(answer.headers['vary'], 'Accept-Encoding')
  }
  assert.equal(await (await fetch(url)).text(), 'content of pair')
  assert.ok(gunzipSync(pages?.[0]?.gzipped ?? '').length > 0)
})

test('pages answer to the names of the gateway only, to GET and HEAD only, and to no token in the address', async (context) => {
  const ask = await openPages(context)
  assert.equal((await ask('/__pairgate__/pair', 'Host: evil.test')).status, 421)
  assert.equal((await ask('/__pairgate__/pair?token=x')).status, 400)
  const { listening } = await openHouse(context, { pages: await readPages(pagesDir(context)) })
  const lines = (method: string) => [
    `${method} /__pairgate__/pair HTTP/1.1`,
    HOST,
    CLOSE,
    'Content-Length: 0',
  ]
  const post = await rawRequest(listening, lines('POST'))
  assert.deepEqual([post.status, post.headers['allow']], [405, 'GET, HEAD'])
  const head = await rawRequest(listening, lines('HEAD'))
  assert.deepEqual([head.status, head.body], [200, ''])
})

test('a browser that comes without a path is led to the pairing page', async (context) => {
  const ask = await openPages(context)
  const root = await ask('/')
  assert.deepEqual([root.status, root.headers['location']], [302, './__pairgate__/pair'])
  const below = await ask('/__pairgate__/')
  assert.deepEqual([below.status, below.headers['location']], [302, './pair'])
})

test('where there is a console, it is what a browser sees first', async (context) => {
  const [row] = ROWS
  const rows = [...ROWS, { ...row, path: 'console', file: 'console.gz' }]
  const dir = pagesDir(context, rows)
  writeFileSync(join(dir, 'console.gz'), gzipSync('content of the console'))
  const { listening } = await openHouse(context, { pages: await readPages(dir) })
  const ask = (path: string, method = 'GET') =>
    rawRequest(listening, [`${method} ${path} HTTP/1.1`, HOST, CLOSE])
  const root = await ask('/')
  assert.deepEqual([root.status, root.headers['location']], [302, './__pairgate__/'])
  const { status, body, headers } = await ask('/__pairgate__/?x=1')
  assert.deepEqual([status, body], [200, 'content of the console'])
  assert.match(headers['content-security-policy'] ?? '', /^default-src 'none'; script-src 'self';/)
  assert.equal((await ask('/__pairgate__/console')).status, 404)
  assert.equal((await ask('/__pairgate__/', 'POST')).status, 405)
})

test('behind a proxy that does not say which scheme it serves, the page may speak either', async (context) => {
  const { listening } = await openHouse(context, {
    pages: await readPages(pagesDir(context)),
    trustedProxies: ['127.0.0.1'],
    allowedHosts: ['gateway.example'],
  })
  const ask = (...lines: string[]) =>
    rawRequest(listening, ['GET /__pairgate__/pair HTTP/1.1', 'Host: gateway.example', CLOSE, ...lines])
  const silent = await ask('X-Forwarded-For: 203.0.113.7')
  assert.match(
    silent.headers['content-security-policy'] ?? '',
    / wss:\/\/gateway.example ws:\/\/gateway.example;/,
  )
  const told = await ask('X-Forwarded-For: 203.0.113.7', 'X-Forwarded-Proto: https')
  assert.match(told.headers['content-security-policy'] ?? '', /'self' wss:\/\/gateway.example;/)
})

test('a gateway without a build says how to make one', async (context) => {
  assert.equal(await readPages(join(temporaryDir(context), 'nothing')), undefined)
  const { listening } = await openHouse(context)
  const answer = await rawRequest(listening, ['GET /__pairgate__/pair HTTP/1.1', HOST, CLOSE])
  assert.equal(answer.status, 503)
  const { error } = JSON.parse(answer.body)
  assert.equal(error.code, 'PAGES_NOT_BUILT')
  assert.match(error.message, /npm run build/)
})

test('a list that names something odd is not served', async (context) => {
  const [row] = ROWS
  for (const odd of [
    { ...row, path: '../pair', file: '../pair.gz' },
    { ...row, file: '../../etc/passwd' },
    { ...row, type: 'text/html\r\nX: y' },
    { ...row, etag: 7 },
  ])
    await assert.rejects(readPages(pagesDir(context, [odd])), /build the pages again/)
  await assert.rejects(readPages(pagesDir(context, {})), /build the pages again/)
})
