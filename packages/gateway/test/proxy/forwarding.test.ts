import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { after, beforeEach, describe, test } from 'node:test'
import { eventually, within } from '../harness/within.ts'
import { openProxy } from './proxy-world.ts'

const PUBLIC = { match: { path: '/app' }, auth: 'public', websocket: true }
const { upstream, ask, port } = await openProxy({ after }, [
  PUBLIC,
  { match: { path: '/bare' }, auth: 'public', stripPrefix: true },
  { match: { path: '/slow' }, auth: 'public', timeouts: { responseMs: 100 } },
])
const seen = () => {
  const last = upstream.arrived.at(-1)
  assert.ok(last, 'nothing has arrived')
  return last
}
const valuesOf = (raw: readonly string[], name: string) =>
  raw.filter((_value, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name)

beforeEach(() => {
  upstream.arrived.length = 0
  upstream.answerBy((_request, response) => response.end('fine'))
})

describe('a request that is passed on', () => {
  test('arrives with the target that was sent, letter by letter', async () => {
    for (const path of [
      '/app',
      '/app/',
      "/app/it's?a=%2F&b=[1]|{2}",
      '/app/%C3%A9?x=/../y&z=a+b',
      '/app?q=%zz'.replace('%zz', '%20'),
    ]) {
      assert.equal((await ask(path)).status, 200, path)
      assert.equal(seen().url, path)
    }
  })
  test('arrives without the path of its route where that is wanted', async () => {
    for (const [path, there] of [
      ['/bare', '/'],
      ['/bare/', '/'],
      ['/bare?a=/b', '/?a=/b'],
      ['/bare/a%20b/?c', '/a%20b/?c'],
    ] as const) {
      await ask(path)
      assert.equal(seen().url, there)
    }
  })
  test('carries its headers but none that were for the gateway as a program on the way', async () => {
    await ask('/app', {
      headers: {
        Connection: 'close, X-Hop',
        'X-Hop': '1',
        'Keep-Alive': 'x',
        'Proxy-Authorization': 'x',
        'Proxy-Connection': 'x',
        Proxy: 'http://evil.example',
        TE: 'gzip',
        'X-Kept': 'two words',
        Via: '1.0 before',
        Accept: 'text/x',
      },
    })
    const { headers } = seen()
    for (const gone of ['x-hop', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'proxy', 'te'])
      assert.equal(headers[gone], undefined, gone)
    assert.equal(headers['x-kept'], 'two words')
    assert.equal(headers['accept'], 'text/x')
    assert.equal(headers['via'], '1.0 before, 1.1 pairgate')
    assert.equal(headers['host'], `127.0.0.1:${port}`)
  })
  test('says by itself where it comes from, and nobody else says it (T30, T31)', async () => {
    await ask('/app')
    const { rawHeaders } = seen()
    assert.deepEqual(valuesOf(rawHeaders, 'x-forwarded-for'), ['127.0.0.1'])
    assert.deepEqual(valuesOf(rawHeaders, 'x-forwarded-proto'), ['http'])
    assert.deepEqual(valuesOf(rawHeaders, 'x-forwarded-host'), [`127.0.0.1:${port}`])
  })
  test('carries no identity that its client wrote, however the name is spelt (T30)', async () => {
    await ask('/app', {
      headers: {
        'X-Pairgate-Device': 'forged',
        x_pairgate_device: 'forged',
        'X-Pairgate_Assertion': 'forged',
        'X.Pairgate.Role': 'forged',
        'X-PAIRGATE-ANYTHING': 'forged',
        'x-openclaw-scopes': 'operator.admin',
        X_Forwarded_For: 'forged',
        // Some programs take these for the path, instead of the one that was judged.
        'X-Original-URL': 'forged',
        X_Rewrite_URL: 'forged',
      },
    })
    assert.ok(!seen().rawHeaders.includes('forged'), JSON.stringify(seen().rawHeaders))
    assert.equal(seen().headers['x-openclaw-scopes'], undefined)
  })
  test('loses cookies of the gateway and keeps the others (T39)', async () => {
    await ask('/app', { headers: { Cookie: 'a=1; __Host-pairgate-app=x; pairgate_s=y; b=2' } })
    assert.equal(seen().headers.cookie, 'a=1; b=2')
    await ask('/app', { headers: { Cookie: '__Host-pairgate-app=x' } })
    assert.equal(seen().headers.cookie, undefined)
  })
  test('keeps an Authorization header of the app on a public route, and never one of ours (T39)', async () => {
    await ask('/app', { headers: { Authorization: 'Basic YTpi' } })
    assert.equal(seen().headers.authorization, 'Basic YTpi')
    for (const value of [
      `Bearer pga_${'A'.repeat(43)}0000000`,
      `Bearer pgd_${'A'.repeat(43)}0000000`,
      'DPoP abc',
    ]) {
      await ask('/app', { headers: { Authorization: value } })
      assert.equal(seen().headers.authorization, undefined)
    }
  })
  test('carries its body with a length, in pieces, or with GET', async () => {
    await ask('/app', { method: 'POST', body: 'abc', headers: { 'Content-Length': '3' } })
    assert.deepEqual(
      [seen().body, seen().headers['content-length'], seen().headers['transfer-encoding']],
      ['abc', '3', undefined],
    )
    await ask('/app', { method: 'PUT', body: 'abcd', headers: { 'Transfer-Encoding': 'chunked' } })
    assert.equal(seen().body, 'abcd')
    await ask('/app', { method: 'GET', body: 'ab', headers: { 'Content-Length': '2' } })
    assert.deepEqual([seen().method, seen().body], ['GET', 'ab'])
    await ask('/app', { method: 'POST', headers: { 'Content-Length': '0' } })
    assert.deepEqual([seen().method, seen().body], ['POST', ''])
  })
  test('keeps its method', async () => {
    for (const method of ['HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'PROPFIND']) {
      assert.equal((await ask('/app', { method })).status, 200, method)
      assert.equal(seen().method, method)
    }
  })
})

describe('an answer that is passed back', () => {
  test('keeps status, words, headers in their number, and loses what was for us', async () => {
    upstream.answerBy((_request, response) => {
      response.writeHead(418, 'Short And Stout', [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'Set-Cookie',
        '__Host-pairgate-app=x',
        'X-Odd',
        'caf\u00e9',
        'Connection',
        'X-Hop, close',
        'X-Hop',
        '1',
        'Proxy-Authenticate',
        'x',
        'Alt-Svc',
        'h3=":443"',
        'Via',
        '1.0 inner',
      ])
      response.end('pot')
    })
    const { status, rawHeaders, body } = await ask('/app')
    assert.deepEqual([status, body], [418, 'pot'])
    assert.deepEqual(valuesOf(rawHeaders, 'set-cookie'), ['a=1', 'b=2'])
    assert.deepEqual(valuesOf(rawHeaders, 'x-odd'), ['caf\u00e9'])
    assert.deepEqual(valuesOf(rawHeaders, 'via'), ['1.0 inner, 1.1 pairgate'])
    for (const gone of ['x-hop', 'proxy-authenticate', 'alt-svc'])
      assert.deepEqual(valuesOf(rawHeaders, gone), [], gone)
  })
  test('keeps its range', async () => {
    upstream.answerBy((request, response) => {
      assert.equal(request.headers.range, 'bytes=1-2')
      response.writeHead(206, { 'Content-Range': 'bytes 1-2/4', 'Content-Length': '2' }).end('bc')
    })
    const { status, headers, body } = await ask('/app', { headers: { Range: 'bytes=1-2' } })
    assert.deepEqual(
      [status, headers['content-range'], headers['content-length'], body],
      [206, 'bytes 1-2/4', '2', 'bc'],
    )
  })
  test('has no body where there is none, and keeps the length that HEAD asks for', async () => {
    upstream.answerBy((_request, response) => response.writeHead(200, { 'Content-Length': '5' }).end())
    const head = await ask('/app', { method: 'HEAD' })
    assert.deepEqual([head.headers['content-length'], head.body], ['5', ''])
    for (const status of [204, 304]) {
      upstream.answerBy((_request, response) => response.writeHead(status, { ETag: '"x"' }).end())
      const answer = await ask('/app')
      assert.deepEqual([answer.status, answer.body, answer.headers.etag], [status, '', '"x"'])
    }
  })
  test('keeps its trailers', async () => {
    upstream.answerBy((_request, response) => {
      response.writeHead(200, { Trailer: 'X-Sum' })
      response.write('body')
      response.addTrailers({ 'X-Sum': 'abc', 'X-Pairgate-Device': 'forged' })
      response.end()
    })
    const { trailers, body } = await ask('/app')
    assert.deepEqual([body, trailers['x-sum'], trailers['x-pairgate-device']], ['body', 'abc', undefined])
  })
  test('is preceded by its hints', async () => {
    upstream.answerBy((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' })
      response.end('done')
    })
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', agent: false }).end()
    const answered = once(sent, 'response')
    const [info] = (await within(once(sent, 'information'), () => 'the hint')) as [
      { statusCode: number; headers: Record<string, string> },
    ]
    assert.deepEqual([info.statusCode, info.headers['link']], [103, '</a.css>; rel=preload; as=style'])
    const [answer] = (await within(answered, () => 'the answer')) as [IncomingMessage]
    answer.resume()
    assert.equal(answer.statusCode, 200)
  })
  test('comes piece by piece, its head before the first of them', async () => {
    const pieces: (() => void)[] = []
    upstream.answerBy((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()
      pieces.push(
        () => response.write('data: one\n\n'),
        () => response.end('data: two\n\n'),
      )
    })
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', agent: false }).end()
    const [answer] = (await within(once(sent, 'response'), () => 'the head')) as [IncomingMessage]
    answer.setEncoding('utf8')
    for (const [at, text] of ['data: one\n\n', 'data: two\n\n'].entries()) {
      pieces[at]?.()
      assert.deepEqual(await within(once(answer, 'data'), () => `piece ${at}`), [text])
    }
  })
})

describe('an upload', () => {
  test('is answered while it is on its way', async () => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', method: 'POST', agent: false })
    sent.flushHeaders()
    upstream.answerBy((_request, response, body) => response.end(body))
    sent.write('one ')
    sent.end('two')
    const [answer] = (await within(once(sent, 'response'), () => 'the answer')) as [IncomingMessage]
    assert.deepEqual(await once(answer.setEncoding('utf8'), 'data'), ['one two'])
  })
  test('that waits to be asked for is asked for, once', async () => {
    const sent = httpRequest({
      host: '127.0.0.1',
      port,
      path: '/app',
      method: 'POST',
      agent: false,
      headers: { Expect: '100-continue', 'Content-Length': '3' },
    })
    sent.flushHeaders()
    const answered = once(sent, 'response')
    await within(once(sent, 'continue'), () => 'the 100')
    sent.end('abc')
    const [answer] = (await within(answered, () => 'the answer')) as [IncomingMessage]
    answer.resume()
    assert.deepEqual([answer.statusCode, seen().body, seen().headers['expect']], [200, 'abc', undefined])
  })
})

describe('an upstream that fails', () => {
  test('to answer in time is told with 504', async () => {
    upstream.answerBy(() => undefined)
    const { status, body } = await ask('/slow')
    assert.deepEqual([status, JSON.parse(body).error.code], [504, 'UPSTREAM_TIMEOUT'])
  })
  test('with a broken answer is told with 502, and nothing of it', async () => {
    upstream.answerBy(
      (request) =>
        void request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nsecret'),
    )
    const { status, body } = await ask('/app')
    assert.deepEqual([status, JSON.parse(body).error.code], [502, 'UPSTREAM_BROKEN'])
    assert.doesNotMatch(body, /secret/)
  })
  test('in the middle of an answer leaves it visibly unfinished', async () => {
    upstream.answerBy((request, response) => {
      response.writeHead(200, { 'Content-Length': '10' })
      response.write('abc', () => request.socket.destroy())
    })
    await assert.rejects(ask('/app'), /aborted|hang up|ECONNRESET/)
  })
  test('is left alone when its client has gone', async () => {
    let isGone = false
    upstream.answerBy((_request, response) => {
      response.once('close', () => {
        isGone = true
      })
      response.write('first')
    })
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', agent: false }).end()
    sent.on('error', () => undefined)
    await once(sent, 'response')
    sent.destroy()
    await eventually(() => isGone, 'the end of the request at the upstream')
  })
})
