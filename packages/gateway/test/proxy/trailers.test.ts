import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, ListenOptions } from 'node:net'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { eventually } from '../harness/within.ts'
import { writeCertificate } from '../house/certificate.ts'
import { temporaryDir } from '../house/temporary-dir.ts'
import { openProxy } from './proxy-world.ts'
import { openRawClient, type RawClient } from './raw-client.ts'

interface Arrived {
  readonly body: string
  readonly announced: string | undefined
  readonly trailers: readonly string[]
  readonly headers: readonly string[]
}
const arrived: Arrived[] = []
/** What is done before the body has come. */
let begin: RequestListener = () => undefined
let answer: RequestListener = (_request, response) => void response.end('fine')

const onRequest: RequestListener = (request, response) => {
  let body = ''
  begin(request, response)
  request.setEncoding('latin1').on('data', (piece: string) => {
    body += piece
  })
  request
    .on('error', () => undefined)
    .on('end', () => {
      const { rawTrailers: trailers, rawHeaders: headers } = request
      arrived.push({ body, announced: request.headers.trailer, trailers, headers })
      answer(request, response)
    })
}

const dir = temporaryDir({ after })
const { cert, key } = writeCertificate(dir, 'inner')
async function serve(server: ReturnType<typeof createServer>, place: ListenOptions): Promise<number> {
  await new Promise<void>((resolve) => server.listen(place, resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
const local = { host: '127.0.0.1', port: 0 }
const plain = await serve(createServer(onRequest), local)
const behindTls = await serve(
  createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, onRequest),
  local,
)
const path = join(dir, 'inner.sock')
await serve(createServer(onRequest), { path })

const { port, gateway } = await openProxy({ after }, [
  { match: { path: '/http' }, auth: 'public', target: `http://127.0.0.1:${plain}` },
  { match: { path: '/https' }, auth: 'public', target: `https://localhost:${behindTls}`, tls: { ca: cert } },
  { match: { path: '/unix' }, auth: 'public', target: `unix:${path}` },
  { match: { path: '/slow' }, auth: 'public', target: `unix:${path}`, timeouts: { responseMs: 500 } },
  { match: { path: '/away' }, auth: 'public', target: `unix:${path}.not-there` },
])

beforeEach(() => {
  arrived.length = 0
  begin = () => undefined
  answer = (_request, response) => void response.end('fine')
})

function open(): RawClient {
  const client = openRawClient(port)
  after(() => client.socket.destroy())
  return client
}
const headOf = (target: string, announced: string, more = '') =>
  `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nTrailer: ${announced}\r\n${more}\r\n`

/** Sends a body of two pieces with these trailers behind it. */
function post(target: string, announced: string, trailers: readonly string[]): RawClient {
  const client = open()
  client.send(
    `${headOf(target, announced)}3\r\none\r\n3\r\ntwo\r\n0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`,
  )
  return client
}
const answered = (client: RawClient, text = 'fine') =>
  eventually(() => client.text.includes(text) || client.isClosed, 'the answer').then(() =>
    assert.ok(client.text.includes(text), client.text),
  )

describe('trailers of a request', () => {
  for (const target of ['/http', '/https', '/unix']) {
    test(`arrive behind the body at ${target}, and the connection goes on`, async () => {
      const client = post(target, 'X-Sum, x-other', ['X-Sum: abc', 'X-Other: d'])
      await answered(client)
      assert.deepEqual(arrived[0], {
        body: 'onetwo',
        announced: 'X-Sum, x-other',
        trailers: ['X-Sum', 'abc', 'X-Other', 'd'],
        headers: arrived[0]?.headers,
      })
      await client.get(target, undefined, 'fine')
      assert.equal(arrived.length, 2)
    })
  }
  test('that frame, route or open something, or that say what only the gateway says, stay behind', async () => {
    const names = [
      'Host',
      'Content-Range',
      'Content-Type',
      'Authorization',
      'Cookie',
      'Set-Cookie',
      'DPoP',
      'X-Pairgate-Device',
      'x_pairgate_device',
      'X-Forwarded-For',
      'Forwarded',
      'Connection',
      'Via',
      'x-openclaw-scopes',
    ]
    const client = post('/http', ['X-Sum', ...names].join(', '), [
      ...names.map((name) => `${name}: forged`),
      'X-Sum: abc',
    ])
    await answered(client)
    assert.deepEqual([arrived[0]?.announced, arrived[0]?.trailers], ['X-Sum', ['X-Sum', 'abc']])
    assert.ok(!arrived[0]?.headers.includes('forged'))
  })
  test('that are a length or a coding make the request none', async () => {
    for (const name of ['Content-Length', 'Transfer-Encoding']) {
      const client = post('/http', `X-Sum, ${name}`, ['X-Sum: abc', `${name}: 5`])
      await answered(client, 'HTTP/1.1 400 ')
    }
    assert.deepEqual(arrived, [])
  })
  test('that were not announced, or repeat a header, stay behind', async () => {
    const client = open()
    client.send(
      `${headOf('/http', 'X-Sum, X-Said', 'X-Said: before\r\n')}0\r\nX-Sum: abc\r\nX-Said: forged\r\nX-New: forged\r\n\r\n`,
    )
    await answered(client)
    assert.deepEqual(arrived[0]?.trailers, ['X-Sum', 'abc'])
  })
  test('behind a body with a length are none', async () => {
    const client = open()
    client.send('POST /http HTTP/1.1\r\nHost: 127.0.0.1\r\nTrailer: X-Sum\r\nContent-Length: 3\r\n\r\none')
    await answered(client)
    assert.deepEqual([arrived[0]?.body, arrived[0]?.announced], ['one', undefined])
  })
  test('come with an answer that has trailers of its own and comes before the end', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { Trailer: 'X-Back' })
      response.write('body')
      response.addTrailers({ 'X-Back': 'xyz' })
      response.end()
    }
    const client = post('/https', 'X-Sum', ['X-Sum: abc'])
    await answered(client, 'x-back: xyz\r\n\r\n')
    assert.match(client.text, /4\r\nbody\r\n0\r\nx-back: xyz\r\n\r\n$/)
  })
  test('do not cut an answer that had begun before them', async () => {
    begin = (_request, response) => void response.writeHead(200).write('first')
    answer = (_request, response) => void setTimeout(() => response.end('last'), 700)
    const client = open()
    client.send(`${headOf('/slow', 'X-Sum')}3\r\none\r\n`)
    await answered(client, 'first')
    client.send('0\r\nX-Sum: abc\r\n\r\n')
    await answered(client, '4\r\nlast\r\n0\r\n\r\n')
    assert.deepEqual(arrived[0]?.trailers, ['X-Sum', 'abc'])
  })
  test('change nothing about an upstream that is late, away or dies', async () => {
    answer = () => undefined
    const late = post('/slow', 'X-Sum', ['X-Sum: abc'])
    await answered(late, 'UPSTREAM_TIMEOUT')
    await answered(post('/away', 'X-Sum', ['X-Sum: abc']), 'UPSTREAM_UNREACHABLE')
    answer = (request, response) => {
      response.writeHead(200, { 'Content-Length': '10' })
      response.write('abc', () => request.socket.destroy())
    }
    const client = post('/http', 'X-Sum', ['X-Sum: abc'])
    await eventually(() => client.isClosed, 'the end of a broken answer')
    assert.match(client.text, /^HTTP\/1\.1 200 .*abc$/s)
  })
  test('that never come, because the client is gone, are not made up', async () => {
    const client = open()
    client.send(`${headOf('/http', 'X-Sum')}3\r\none\r\n`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    client.socket.destroy()
    await answered(post('/unix', 'X-Sum', ['X-Sum: abc']))
    assert.deepEqual(
      arrived.map(({ trailers }) => trailers),
      [['X-Sum', 'abc']],
    )
    assert.ok(!gateway.logged.some((line) => line.includes('"level":50')))
  })
})
