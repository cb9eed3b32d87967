import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, beforeEach, describe, test } from 'node:test'
import { eventually, within } from '../harness/within.ts'
import { openProxy } from './proxy-world.ts'
import { getLines, openRawClient, type RawClient } from './raw-client.ts'

/** An upstream made of bytes: what it answers, and when it hangs up, the test says. */
const heads: string[] = []
let onRequest: (socket: Socket) => void = () => undefined
const server = createServer((socket) => {
  let text = ''
  socket.on('error', () => undefined).setEncoding('latin1')
  socket.on('data', (piece) => {
    text += String(piece)
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    heads.push(text.slice(0, end))
    text = ''
    onRequest(socket)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port: inner } = server.address() as AddressInfo
after(() => void server.close())

const route = { auth: 'public', target: `http://127.0.0.1:${inner}` }
const { port } = await openProxy({ after }, [
  { ...route, match: { path: '/app' } },
  { ...route, match: { path: '/app/ws' }, websocket: true },
  { ...route, match: { path: '/idle' }, timeouts: { idleMs: 2_000 } },
])

beforeEach(() => {
  heads.length = 0
})

function open(): RawClient {
  const client = openRawClient(port)
  after(() => client.socket.destroy())
  return client
}
async function ask(bytes: string): Promise<string> {
  const client = open()
  client.send(bytes)
  await within(client.closed, () => 'the end of the connection')
  return client.text
}
const send = (method: string, more: string) =>
  `${method} /app HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${more}`

describe('an upstream that hangs up', () => {
  for (const [what, pieces] of [
    ['a body with a length', ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', 'abc']],
    ['a body in pieces', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '3\r\nabc\r\n']],
    [
      'a large body in pieces',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `4e20\r\n${'abcd'.repeat(5_000)}\r\n`],
    ],
    ['the trailers', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '3\r\nabc\r\n0\r\nX-Sum: a']],
  ] as const) {
    for (const end of ['destroy', 'end'] as const) {
      test(`in the middle of ${what} (${end}) leaves no complete answer`, async () => {
        onRequest = (socket) => socket.write(pieces[0], () => socket.write(pieces[1], () => socket[end]()))
        const text = await ask(getLines('/app'))
        assert.doesNotMatch(text, /0\r\n\r\n$/)
        assert.doesNotMatch(text, /HTTP\/1\.1 502/)
        assert.equal(heads.length, 1)
      })
    }
  }
  test('behind a body without a length has said all', async () => {
    onRequest = (socket) => socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it')
    const client = open()
    client.send(getLines('/app'))
    await eventually(() => client.text.endsWith('0\r\n\r\n'), 'the answer')
    assert.match(client.text, /all of it/)
  })
  test('before a word of its answer is asked once more at most, and only for what changes nothing', async () => {
    onRequest = (socket) => socket.destroy()
    for (const [bytes, times] of [
      [send('GET', '\r\n'), 2],
      [send('HEAD', '\r\n'), 2],
      [send('POST', '\r\n'), 1],
      [send('DELETE', '\r\n'), 1],
      [send('POST', 'Content-Length: 3\r\n\r\nabc'), 1],
      [send('GET', 'Content-Length: 3\r\n\r\nabc'), 1],
      [send('PUT', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'), 1],
      [send('POST', 'Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n0\r\nX-Sum: a\r\n\r\n'), 1],
    ] as const) {
      heads.length = 0
      assert.match(await ask(bytes), /^HTTP\/1\.1 502 /, bytes)
      assert.equal(heads.length, times, bytes)
    }
  })
  test('behind a hint and before its answer is not taken for one that has answered', async () => {
    onRequest = (socket) =>
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n', () => socket.destroy())
    const text = await ask(send('POST', '\r\n'))
    assert.match(text, /^HTTP\/1\.1 103 .*\r\n\r\nHTTP\/1\.1 502 /s)
  })
})

/** The three ways by which a request goes on: they must not differ in what a broken answer does. */
const WAYS = {
  plain: send('GET', '\r\n'),
  trailed: send('POST', 'Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n0\r\nX-Sum: a\r\n\r\n'),
  upgrade: `GET /app/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
} as const
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('an upstream that does not keep to the rules', () => {
  const answers: readonly (readonly [string, string, RegExp])[] = [
    [
      'with a hint that is none',
      `HTTP/1.1 103 Early Hints\r\nLink: garbage;;<>\r\n\r\n${OK}`,
      /^HTTP\/1\.1 200 .*ok$/s,
    ],
    ['with an empty hint', `HTTP/1.1 103 Early Hints\r\nLink:\r\n\r\n${OK}`, /^HTTP\/1\.1 200 .*ok$/s],
    [
      'with a control character beside its status',
      OK.replace('OK', 'O\x01K'),
      /^HTTP\/1\.1 200 \S*\r\n.*ok$/s,
    ],
    ['with a NUL there', OK.replace('OK', 'O\0K'), /^HTTP\/1\.1 200 \S*\r\n.*ok$/s],
    ['with a foreign letter there', OK.replace('OK', 'd\xe9j\xe0'), /^HTTP\/1\.1 200 \S*\r\n.*ok$/s],
    ['with the status 000', OK.replace('200', '000'), /^HTTP\/1\.1 502 /],
    ['with the status 099', OK.replace('200', '099'), /^HTTP\/1\.1 502 /],
    ['with a switch to nothing', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /^HTTP\/1\.1 502 /],
    [
      'with a switch to another protocol',
      'HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      /^HTTP\/1\.1 502 /,
    ],
    ['with news and no answer', 'HTTP/1.1 102 Processing\r\n\r\n', /HTTP\/1\.1 502 /],
  ]
  for (const [what, bytes, wanted] of answers) {
    test(`${what} harms nobody but its own answer`, async () => {
      onRequest = (socket) => socket.end(Buffer.from(bytes, 'latin1'))
      for (const [way, asked] of Object.entries(WAYS)) assert.match(await ask(asked), wanted, way)
    })
  }
  test('and ends in the middle of what it says instead of a WebSocket: nothing follows that', async () => {
    for (const head of ['204 No Content\r\nContent-Length: 2', '200 OK\r\nTransfer-Encoding: chunked']) {
      onRequest = (socket) => socket.end(`HTTP/1.1 ${head}\r\n\r\n2\r\nok\r\nnonsense`)
      assert.equal((await ask(WAYS.upgrade)).match(/HTTP\/1\.1/g)?.length, 1, head)
    }
  })
  test('and says without end that it works is heard for a while, and then only with its answer', async () => {
    onRequest = (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(500) + OK)
    for (const asked of [WAYS.plain, WAYS.trailed]) {
      const text = await ask(asked)
      assert.equal(text.match(/HTTP\/1\.1 102/g)?.length, 100)
      assert.match(text, /HTTP\/1\.1 200 .*ok$/s)
    }
  })
})

describe('an answer', () => {
  test('is not preceded by hints for a client that does not know them', async () => {
    onRequest = (socket) =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      )
    const text = await ask('GET /app HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n')
    assert.match(text, /^HTTP\/1\.1 200 .*ok$/s)
    assert.doesNotMatch(text, / 103 /)
  })
  test('that begins with a 100 that nobody asked the upstream for is broken', async () => {
    onRequest = (socket) =>
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    const text = await ask(send('POST', 'Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi'))
    assert.match(text, /^HTTP\/1\.1 100 .*\r\n\r\nHTTP\/1\.1 502 /s)
    assert.doesNotMatch(heads.join(), /expect/i)
  })
  test('of several ranges, or of none that there is, is passed on as it is', async () => {
    for (const head of [
      'HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=x',
      'HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */4',
    ]) {
      onRequest = (socket) => socket.write(`${head}\r\nContent-Length: 2\r\n\r\n--`)
      const text = await ask(send('GET', 'Range: bytes=0-0,2-2\r\n\r\n'))
      assert.ok(text.startsWith(head.slice(0, head.indexOf('\r\n'))), text)
      assert.ok(text.includes(head.slice(head.indexOf('\r\n') + 2)), text)
      assert.match(heads.at(-1) ?? '', /Range: bytes=0-0,2-2/)
    }
  })
  test('of events lasts as long as they come, and no longer than the settings let it be silent', async () => {
    let said = 0
    onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n')
      const timer = setInterval(() => {
        said += 1
        if (said === 15) clearInterval(timer)
        socket.write('data: x\n\n')
      }, 200)
      socket.once('close', () => clearInterval(timer))
    }
    const client = open()
    client.send(getLines('/idle'))
    await within(client.closed, () => 'the end of a silent stream')
    assert.equal(client.text.match(/data: x/g)?.length, 15)
  })
})

describe('a client that says that it sends no more', () => {
  test('before its request is complete has asked nothing', async () => {
    const client = open()
    client.socket.end('POST /app HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nabc')
    let isLetGo = false
    onRequest = (socket) =>
      socket.once('close', () => {
        isLetGo = true
      })
    await within(client.closed, () => 'the end')
    assert.doesNotMatch(client.text, /HTTP\/1\.1 200/)
    await eventually(() => isLetGo || heads.length === 0, 'the end at the upstream')
  })
  test('while it waits for the answer is gone, and the upstream is let go of', async () => {
    let isLetGo = false
    onRequest = (socket) =>
      socket.once('close', () => {
        isLetGo = true
      })
    const client = open()
    client.socket.end(getLines('/app'))
    await eventually(() => isLetGo, 'the end at the upstream')
    await within(client.closed, () => 'the end')
    assert.equal(client.text, '')
  })
})
