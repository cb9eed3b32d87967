import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, describe, mock, test } from 'node:test'
import { holdSweepers } from '../harness/hold-time.ts'
import { eventually, within } from '../harness/within.ts'
import { upgradeLines } from '../house/raw-request.ts'
import { ask, type Caller, openProxy } from './proxy-world.ts'
import { openUpstream } from './upstream-of-test.ts'

/** What is cut here is cut by the decision itself, and not by who looks again every second. */
const sweep = holdSweepers({ mock })
const streaming = await openUpstream({ after }, { readsBody: false })
const { gateway, enter, port } = await openProxy({ after }, [
  { match: { path: '/app' }, scope: 'operator.read', websocket: true, target: streaming.target },
])
const owner = await gateway.owner()

/** Something that is being done with a token, and its two ends. */
interface Doing {
  /** Resolves when nothing more comes to the client. */
  readonly over: Promise<void>
  /** Resolves when the upstream has been let go of. */
  readonly letGo: Promise<void>
}

function begin(caller: Caller, method: string): { sent: ClientRequest; over: Promise<void> } {
  const headers = { authorization: `Bearer ${caller.accessToken}` }
  const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', method, agent: false, headers })
  const { promise: over, resolve } = Promise.withResolvers<void>()
  sent.on('error', () => resolve()).once('close', () => resolve())
  return { sent, over }
}

/** Resolves with the request that the upstream has got, once it has begun to answer it with a piece. */
function startStream(): { begun: Promise<void>; letGo: Promise<void> } {
  const [begun, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  streaming.answerBy((request, response) => {
    request.resume().on('error', () => undefined)
    response.once('close', () => letGo.resolve())
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('data: first\n\n')
    begun.resolve()
  })
  return { begun: begun.promise, letGo: letGo.promise }
}

async function stream(caller: Caller): Promise<Doing> {
  const { letGo } = startStream()
  const { sent, over } = begin(caller, 'GET')
  sent.end()
  const [answer] = (await within(once(sent, 'response'), () => 'the stream')) as [IncomingMessage]
  answer.on('error', () => undefined)
  await once(answer, 'data')
  return { over, letGo }
}

async function download(caller: Caller): Promise<Doing> {
  const letGo = Promise.withResolvers<void>()
  streaming.answerBy((_request, response) => {
    response.once('close', () => letGo.resolve())
    response.writeHead(200, { 'Content-Length': String(2 ** 40) })
    const piece = Buffer.alloc(65_536)
    const push = (): void => {
      while (!response.destroyed && response.write(piece));
      response.once('drain', push)
    }
    push()
  })
  const { sent, over } = begin(caller, 'GET')
  sent.end()
  const [answer] = (await within(once(sent, 'response'), () => 'the download')) as [IncomingMessage]
  answer.on('error', () => undefined)
  // It reads on only to see the end: a peer that takes nothing is cut like any other.
  const seen = letGo.promise.then(() => {
    answer.resume()
    return over
  })
  return { over: seen, letGo: letGo.promise }
}

async function upload(caller: Caller): Promise<Doing> {
  const { begun, letGo } = startStream()
  const { sent, over } = begin(caller, 'POST')
  sent.write('first')
  await within(begun, () => 'the upload')
  return { over, letGo }
}

async function silent(caller: Caller): Promise<Doing> {
  const [begun, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  streaming.answerBy((_request, response) => {
    response.once('close', () => letGo.resolve())
    begun.resolve()
  })
  const { sent, over } = begin(caller, 'GET')
  sent.end()
  await within(begun.promise, () => 'the request')
  return { over, letGo: letGo.promise }
}

async function tunnel(caller: Caller): Promise<Doing> {
  const letGo = Promise.withResolvers<void>()
  streaming.upgradeBy((_request, socket) => {
    socket.on('error', () => undefined).once('close', () => letGo.resolve())
    socket.once('end', () => socket.destroy())
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello')
    socket.resume()
  })
  const socket: Socket = connect(port, '127.0.0.1')
  const over = new Promise<void>((resolve) =>
    socket.on('error', () => undefined).once('close', () => resolve()),
  )
  const lines = upgradeLines(
    { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${caller.accessToken}` },
    '/app',
  )
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  let text = ''
  socket.on('data', (piece) => {
    text += String(piece)
  })
  await eventually(() => text.endsWith('hello'), 'the tunnel')
  assert.match(text, /^HTTP\/1.1 101 /)
  return { over, letGo: letGo.promise }
}

const KINDS = {
  'an event stream': stream,
  'a download that nobody reads': download,
  'an upload': upload,
  'a request without an answer': silent,
  'a tunnel': tunnel,
}
const ENDS: Readonly<Record<string, (caller: Caller) => Promise<unknown>>> = {
  'the token is revoked': ({ device }) =>
    owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' }),
  'the token is rotated': ({ device }) =>
    owner.call('device.token.rotate', { deviceId: device.id, role: 'operator' }),
  'its session is deleted': ({ hello }) =>
    owner.call('sessions.delete', { key: hello.auth.session, revokeTokens: true }),
  'the device is removed': ({ device }) => owner.call('device.pair.remove', { deviceId: device.id }),
}

describe('what a token has opened over HTTP (T23)', () => {
  for (const [kind, start] of Object.entries(KINDS)) {
    for (const [why, end] of Object.entries(ENDS)) {
      test(`${kind} is cut at both ends when ${why}, and nobody else's`, async () => {
        const inOwnSession = { approval: { session: 'new' } }
        const [caller, bystander] = [await enter(inOwnSession), await enter(inOwnSession)]
        const other = await start(bystander)
        let isCut = false
        void other.over.then(() => {
          isCut = true
        })
        const doing = await start(caller)
        await end(caller)
        await within(Promise.all([doing.over, doing.letGo]), () => `the end of ${kind}`)
        assert.ok(!isCut, 'the other one was cut')
        await ENDS['the device is removed']?.(bystander)
        await other.over
      })
    }
  }

  test('five of a kind at once are cut by one revocation', async () => {
    const caller = await enter()
    const all: Doing[] = []
    for (const start of Object.values(KINDS)) all.push(await start(caller))
    await ENDS['the token is revoked']?.(caller)
    await within(Promise.all(all.flatMap(({ over, letGo }) => [over, letGo])), () => 'the end of all')
  })

  test('a connection that is kept open does not keep anybody in', async () => {
    const caller = await enter()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    after(() => agent.destroy())
    streaming.answerBy((_request, response) => response.end('fine'))
    const get = () => ask({ port, agent, token: caller.accessToken }, '/app')
    assert.equal((await get()).status, 200)
    await ENDS['the token is revoked']?.(caller)
    assert.equal((await get()).status, 401)
  })

  test('a stream ends with the token that it stands on, also when it was opened by a shorter one', async () => {
    const caller = await enter({ approval: { expiresInMs: 60_000 } })
    const { id: deviceId } = caller.device
    await owner.call('device.token.extend', { deviceId, role: 'operator', expiresInMs: 2_000 })
    const doing = await stream(caller)
    let isOver = false
    void Promise.all([doing.over, doing.letGo]).then(() => {
      isOver = true
    })
    const looksAgain = (): boolean => {
      sweep()
      return isOver
    }
    await eventually(looksAgain, 'the end of the stream')
    assert.equal((await ask({ port, token: caller.accessToken }, '/app')).status, 401)
  })
})
