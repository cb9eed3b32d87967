import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { within } from '../harness/within.ts'
import { temporaryDir } from '../house/temporary-dir.ts'
import { ask, openProxy } from './proxy-world.ts'
import { openUpstream } from './upstream-of-test.ts'

const MEGABYTE = 2 ** 20
const LARGE = 100 * MEGABYTE
/** How far the writer may be ahead of the reader: the buffers of four sockets, and of nobody in between. */
const AHEAD = 30 * MEGABYTE

const PIECE = Buffer.alloc(65_536, 'x')
const turn = () => new Promise((resolve) => setImmediate(resolve))

const streaming = await openUpstream({ after }, { readsBody: false })
const { port, gateway } = await openProxy({ after }, [
  { match: { path: '/app' }, auth: 'public', target: streaming.target },
  { match: { host: 'app.example' }, auth: 'public' },
])

describe('a large body', () => {
  test('goes down as it is taken, and is nowhere collected', async () => {
    let [written, total, most] = [0, 0, 0]
    streaming.answerBy(async (_request, response) => {
      response.writeHead(200, { 'Content-Length': String(LARGE) })
      for (; written < LARGE; written += PIECE.length)
        if (!response.write(PIECE)) await once(response, 'drain')
      response.end()
    })
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', agent: false }).end()
    const [answer] = (await within(once(sent, 'response'), () => 'the head')) as [IncomingMessage]
    for await (const piece of answer) {
      total += (piece as Buffer).length
      most = Math.max(most, written - total)
      await turn()
    }
    assert.equal(total, LARGE)
    assert.ok(most < AHEAD, `${most} bytes were on the way`)
  })
  test('goes up as it is taken, and is nowhere collected', async () => {
    let [written, total, most] = [0, 0, 0]
    streaming.answerBy(async (request, response) => {
      for await (const piece of request) {
        total += (piece as Buffer).length
        most = Math.max(most, written - total)
        await turn()
      }
      response.end('taken')
    })
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', method: 'PUT', agent: false })
    const answered = once(sent, 'response')
    for (; written < LARGE; written += PIECE.length) if (!sent.write(PIECE)) await once(sent, 'drain')
    sent.end()
    const [answer] = (await within(answered, () => 'the answer', 60_000)) as [IncomingMessage]
    answer.resume()
    assert.deepEqual([answer.statusCode, total], [200, LARGE])
    assert.ok(most < AHEAD, `${most} bytes were on the way`)
  })
  test('that an upstream does not want is answered before it has come', async () => {
    streaming.answerBy((_request, response) =>
      response.writeHead(413, { Connection: 'close' }).end('too much'),
    )
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', method: 'PUT', agent: false })
    sent.on('error', () => undefined)
    sent.write(PIECE)
    const [answer] = (await within(once(sent, 'response'), () => 'the answer')) as [IncomingMessage]
    answer.resume()
    assert.equal(answer.statusCode, 413)
    sent.destroy()
  })
})

describe('an upstream', () => {
  test('is found behind a Unix socket', async (context) => {
    const upstream = await openUpstream(context, { socketPath: join(temporaryDir(context), 'app.sock') })
    const world = await openProxy(context, [
      { match: { path: '/app' }, auth: 'public', target: upstream.target },
    ])
    assert.equal((await world.ask('/app/x')).status, 200)
    assert.equal(upstream.arrived.at(-1)?.url, '/app/x')
  })
  test('that is not there is told with 502, in the log once, and again when it is back', async (context) => {
    const socketPath = join(temporaryDir(context), 'app.sock')
    const world = await openProxy(context, [
      { match: { path: '/app' }, auth: 'public', target: `unix:${socketPath}` },
    ])
    for (let n = 0; n < 3; n += 1) {
      const { status, body } = await world.ask('/app')
      assert.deepEqual([status, JSON.parse(body).error.code], [502, 'UPSTREAM_UNREACHABLE'])
    }
    await openUpstream(context, { socketPath })
    assert.equal((await world.ask('/app')).status, 200)
    const lines = world.gateway.logged.filter((line) => line.includes('an upstream '))
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ['an upstream does not answer', 'an upstream answers again'],
    )
  })
  test('is not reached over the owner socket, whatever host is named there', async () => {
    const { status } = await ask(
      { socketPath: gateway.ownerSocket, headers: { host: 'app.example' } },
      '/healthz',
    )
    assert.equal(status, 200)
    assert.equal(
      (await ask({ port: gateway.port, headers: { host: 'app.example' } }, '/healthz')).body,
      'fine',
    )
  })
})
