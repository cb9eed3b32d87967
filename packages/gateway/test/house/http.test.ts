import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { within } from '../harness/within.ts'
import { openHouse } from './http-house.ts'
import { rawRequest } from './raw-request.ts'
import { temporaryDir } from './temporary-dir.ts'

const HOST = 'Host: 127.0.0.1:18789'
const CLOSE = 'Connection: close'

test('live checks answer under any name, through any proxy and before ready', async (context) => {
  const { listening } = await openHouse(context, {
    readiness: { ready: false, failing: ['store'], uptimeMs: 1 },
  })
  for (const path of ['/health', '/healthz']) {
    const answer = await rawRequest(listening, [
      `GET ${path} HTTP/1.1`,
      'Host: evil.com',
      'X-Forwarded-For: 1.2.3.4',
      CLOSE,
    ])
    assert.equal(answer.status, 200)
    assert.deepEqual(JSON.parse(answer.body), { ok: true, status: 'live' })
    const head = await rawRequest(listening, [`HEAD ${path} HTTP/1.1`, HOST, CLOSE])
    assert.deepEqual([head.status, head.body], [200, ''])
    const post = await rawRequest(listening, [`POST ${path} HTTP/1.1`, HOST, CLOSE, 'Content-Length: 0'])
    assert.deepEqual([post.status, post.headers['allow']], [405, 'GET, HEAD'])
  }
})

test('readiness is told in full to callers on this machine, and as a word to others', async (context) => {
  const readiness = { ready: false, failing: ['store'], uptimeMs: 7 }
  const { listening } = await openHouse(context, { readiness, trustedProxies: ['127.0.0.1'] })
  const far = await rawRequest(listening, [
    'GET /readyz HTTP/1.1',
    HOST,
    'X-Forwarded-For: 203.0.113.7',
    CLOSE,
  ])
  assert.deepEqual([far.status, far.body], [503, '{"ready":false}'])

  const local = await openHouse(context, { readiness })
  const near = await rawRequest(local.listening, ['GET /ready HTTP/1.1', HOST, CLOSE])
  assert.equal(near.status, 503)
  assert.deepEqual(JSON.parse(near.body), { ready: false, failing: ['store'], uptimeMs: 7 })

  const fine = await openHouse(context)
  const ready = await rawRequest(fine.listening, ['GET /readyz HTTP/1.1', HOST, CLOSE])
  assert.deepEqual([ready.status, ready.body], [200, '{"ready":true,"failing":[],"uptimeMs":5}'])
})

test('a foreign, missing or doubled Host is refused, also on the loopback', async (context) => {
  const { listening } = await openHouse(context, { allowedHosts: ['gateway.example'] })
  const status = async (...lines: string[]) =>
    (await rawRequest(listening, ['GET /readyz HTTP/1.1', CLOSE, ...lines])).status
  for (const host of ['localhost', '127.0.0.1:1', '192.168.1.5', 'gateway.example', 'workbench']) {
    assert.equal(await status(`Host: ${host}`), 200, host)
  }
  for (const host of [
    'evil.com',
    '127.evil.com',
    '127.0.0.1.evil',
    'localhost.',
    'localhost.evil',
    '0x7f.1',
    'u@localhost',
    '0.0.0.0',
  ]) {
    assert.equal(await status(`Host: ${host}`), 421, host)
  }
  assert.equal(await status(), 400)
  assert.equal(await status('Host: localhost', 'Host: evil.com'), 400)
  const old = await rawRequest(listening, ['GET /readyz HTTP/1.0'])
  assert.equal(old.status, 421)
})

test('a target that would outrank the Host header is refused', async (context) => {
  const { listening } = await openHouse(context)
  for (const target of ['http://evil.com/readyz', '*', 'evil.com:80']) {
    const answer = await rawRequest(listening, [`GET ${target} HTTP/1.1`, HOST, CLOSE])
    assert.notEqual(answer.status, 200, target)
  }
})

test('forwarding headers from a peer that is no trusted proxy are refused in the words that clients know', async (context) => {
  const { listening } = await openHouse(context)
  const answer = await rawRequest(listening, [
    'GET /readyz HTTP/1.1',
    HOST,
    'Forwarded: for=127.0.0.1',
    CLOSE,
  ])
  assert.equal(answer.status, 403)
  const { error } = JSON.parse(answer.body)
  assert.equal(error.type, 'proxy_attribution_required')
  assert.match(error.message, /^Proxy client attribution is required\. /)
})

test('a token in the URL is refused on every route', async (context) => {
  const { listening } = await openHouse(context)
  const targets = [
    '/readyz?token=x',
    '/health?access_token=x',
    '/nothing?a=b&TOKEN=x',
    '/readyz?accessToken=x',
    '/?%74oken=x',
  ]
  for (const target of targets) {
    const answer = await rawRequest(listening, [`GET ${target} HTTP/1.1`, HOST, CLOSE])
    assert.equal(answer.status, 400, target)
    assert.equal(JSON.parse(answer.body).error.code, 'SECRET_IN_URL')
  }
  assert.equal((await rawRequest(listening, ['GET /readyz?tokens=1 HTTP/1.1', HOST, CLOSE])).status, 200)
})

test('every answer carries the security headers and tells nothing of the program', async (context) => {
  const { listening, logged } = await openHouse(context)
  const requests = [
    ['GET /healthz HTTP/1.1', HOST],
    ['GET /nothing HTTP/1.1', HOST],
    ['GET /boom HTTP/1.1', HOST],
    ['GET /readyz HTTP/1.1', 'Host: evil.com'],
    ['GET /%ff HTTP/1.1', HOST],
    ['POST /echo HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 1'],
  ]
  for (const lines of requests) {
    const answer = await rawRequest(listening, [
      ...lines,
      CLOSE,
      ...(lines[0]?.startsWith('POST') ? ['', '{'] : []),
    ])
    const { headers, body } = answer
    assert.deepEqual(
      [headers['x-content-type-options'], headers['referrer-policy'], headers['cache-control']],
      ['nosniff', 'no-referrer', 'no-store'],
      lines[0] ?? '',
    )
    assert.equal(headers['server'] ?? headers['x-powered-by'], undefined)
    assert.ok(!/fastify|pairgate|\d+\.\d+\.\d+|inner detail/i.test(body), body)
  }
  assert.ok(logged.join('').includes('inner detail'), 'the log has the reason')
})

test('unknown paths and oversized bodies get a plain answer', async (context) => {
  const { listening } = await openHouse(context)
  const nothing = await rawRequest(listening, ['GET /nothing HTTP/1.1', HOST, CLOSE])
  assert.deepEqual([nothing.status, JSON.parse(nothing.body).error.code], [404, 'NOT_FOUND'])
  const big = await rawRequest(listening, [
    'POST /echo HTTP/1.1',
    HOST,
    CLOSE,
    'Content-Type: application/json',
    'Content-Length: 999999999',
  ])
  assert.deepEqual([big.status, JSON.parse(big.body).error.code], [413, 'TOO_LARGE'])
})

test('the owner socket serves the same app, whatever Host its client writes', async (context) => {
  const path = join(temporaryDir(context), 'gateway.sock')
  await openHouse(context, { listen: { ownerSocketPath: path } })
  const answer = await rawRequest({ path }, ['GET /readyz HTTP/1.1', 'Host: whatever', CLOSE])
  assert.deepEqual(JSON.parse(answer.body), { ready: true, failing: [], uptimeMs: 5 })
  const proxied = await rawRequest({ path }, [
    'GET /readyz HTTP/1.1',
    'Host: x',
    'X-Forwarded-For: 1.2.3.4',
    CLOSE,
  ])
  assert.equal(proxied.status, 403)
})

test('a body that was announced by its type alone is none, and nobody waits for it', async (context) => {
  const { listening } = await openHouse(context)
  for (const type of ['application/json', 'text/plain', 'image/png']) {
    for (const [path, status] of [
      ['/nowhere', 404],
      ['/healthz', 405],
    ] as const) {
      const asked = rawRequest(listening, [`POST ${path} HTTP/1.1`, HOST, CLOSE, `Content-Type: ${type}`])
      assert.equal((await within(asked, () => `${type} ${path}`)).status, status)
    }
  }
})
