import assert from 'node:assert/strict'
import { hash, X509Certificate } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { connectAsDevice } from '../src/connect-as-device.ts'
import { createFetch } from '../src/http/create-fetch.ts'
import { loadOrCreateFileKey } from '../src/key/file-device-key.ts'
import { pairDevice } from '../src/pair-device.ts'
import { createMemoryTokenStore } from '../src/tokens/memory-token-store.ts'
import { openRealGateway } from './real-gateway.ts'
import { temporaryFolder } from './temporary-folder.ts'

const gateway = await openRealGateway({ after }, { tls: { enabled: true } })
const files = gateway.tlsFiles()
const certificate = new X509Certificate(files.cert)
const pin = certificate.fingerprint256
const keyPin = hash('sha256', certificate.publicKey.export({ format: 'der', type: 'spki' }), 'hex')
const WRONG = 'ab'.repeat(32)

async function listen(t: TestContext, server: Server): Promise<string> {
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server that holds the key of the gateway, and a device that has paired with it. */
async function world(t: TestContext, answer: RequestListener, tlsFingerprint: string | undefined = keyPin) {
  const url = await listen(t, createServer(files, answer))
  return { url, ...(await deviceOf(t, url, tlsFingerprint)) }
}
async function deviceOf(t: TestContext, url: string, tlsFingerprint: string | undefined) {
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const tokens = createMemoryTokenStore()
  const token = { token: 'pgd_secret', scopes: [], ...(tlsFingerprint !== undefined && { tlsFingerprint }) }
  await tokens.save(url.replace(/^http/, 'ws'), key.deviceId, 'operator', token)
  return { key, tokens, fetch: createFetch({ url, key, tokens }) }
}
async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}

test('a device that a pinned gateway has let in is let in over HTTP by the same certificate', async (t) => {
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const tokens = createMemoryTokenStore()
  const target = { url: gateway.url, key, tokens, scopes: ['operator.read'] }
  const pairing = pairDevice({ ...target, tlsFingerprint: pin, wait: true })
  await gateway.approve(key.deviceId)
  await (await pairing).connection.close()
  // From now on the pin lies beside the token.
  await (await connectAsDevice(target)).close()
  const response = await createFetch({ url: gateway.url, key, tokens })('/__pairgate__/verify')
  assert.equal(response.status, 204)
  assert.equal(response.headers.get('x-pairgate-device'), key.deviceId)
  assert.equal(await response.text(), '')
})

test('another certificate than the kept one gets no byte, whoever vouches for it', async (t) => {
  const received: string[] = []
  const { url, key, tokens, fetch } = await world(
    t,
    (request, response) => {
      received.push(String(request.url))
      response.end()
    },
    WRONG,
  )
  await assert.rejects(fetch('/x'), { code: 'TLS_FINGERPRINT' })
  assert.equal(received.length, 0)
  // One that is named outranks the kept one, also as the fingerprint of the certificate.
  const named = createFetch({ url, key, tokens, tlsFingerprint: pin })
  assert.equal((await named('/x')).status, 200)
  await assert.rejects(createFetch({ url, key, tokens, tlsFingerprint: WRONG })('/x'), {
    code: 'TLS_FINGERPRINT',
  })
  assert.deepEqual(received, ['/x'])
  assert.throws(() => createFetch({ url, key, tokens, tlsFingerprint: 'abc' }), {
    code: 'INVALID_FINGERPRINT',
  })
})

test('without a pin a certificate that nobody vouches for is refused as one', async (t) => {
  const url = await listen(t, createServer(files))
  const { fetch } = await deviceOf(t, url, undefined)
  await assert.rejects(fetch('/x'), { code: 'TLS_UNTRUSTED' })
})

test('method, headers and bodies of every kind arrive, and the answer comes as it is', async (t) => {
  const { fetch } = await world(t, async (request, response) => {
    const { method, url, headers } = request
    const length = headers['content-length'] ?? headers['transfer-encoding'] ?? 'none'
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.writeHead(201, 'Made')
    response.end(JSON.stringify([method, url, headers['x-mine'], length, await textOf(request)]))
  })
  const headers = { 'x-mine': 'ü'.normalize('NFD').slice(0, 1) }
  const ask = async (body?: RequestInit['body'], method = 'POST') => {
    const response = await fetch('/a?b=c#d', {
      method,
      headers,
      duplex: 'half',
      ...(body && { body }),
    } as RequestInit)
    assert.deepEqual([response.status, response.statusText], [201, 'Made'])
    assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
    assert.equal(new URL(response.url).pathname, '/a')
    return response.json()
  }
  const told = (length: string, text: string, method = 'POST') => [method, '/a?b=c', 'u', length, text]
  assert.deepEqual(await ask('täxt'), told('5', 'täxt'))
  assert.deepEqual(await ask(new Blob(['blob'])), told('4', 'blob'))
  assert.deepEqual(await ask(new TextEncoder().encode('bytes')), told('5', 'bytes'))
  assert.deepEqual(await ask(new URLSearchParams({ q: 'a b' })), told('5', 'q=a+b'))
  assert.deepEqual(await ask(new Blob(['stream']).stream(), 'PUT'), told('chunked', 'stream', 'PUT'))
  assert.deepEqual(await ask(undefined, 'DELETE'), told('none', '', 'DELETE'))
  const head = await fetch('/a', { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [201, ''])
})

test('an answer and a body flow piece by piece, both at once', async (t) => {
  const { fetch } = await world(t, (request, response) => {
    response.writeHead(200)
    request.on('data', (piece: Buffer) => response.write(`<${piece}>`))
    request.on('end', () => response.end('.'))
  })
  const { readable, writable } = new TransformStream<Uint8Array>()
  const writer = writable.getWriter()
  const answer = fetch('/echo', { method: 'POST', body: readable, duplex: 'half' } as RequestInit)
  await writer.write(new TextEncoder().encode('one'))
  const reader = (await answer).body?.pipeThrough(new TextDecoderStream()).getReader()
  assert.equal((await reader?.read())?.value, '<one>')
  await writer.write(new TextEncoder().encode('two'))
  assert.equal((await reader?.read())?.value, '<two>')
  await writer.close()
  assert.equal((await reader?.read())?.value, '.')
  assert.equal((await reader?.read())?.done, true)
})

test('a signal ends the connecting, the waiting and the reading', async (t) => {
  const silent = await listen(
    t,
    createPlainServer(() => undefined),
  )
  const { fetch: never } = await deviceOf(t, silent, keyPin)
  const why = new Error('enough')
  await assert.rejects(never('/x', { signal: AbortSignal.abort(why) }), why)
  const unanswered = new AbortController()
  setTimeout(() => unanswered.abort(why), 50)
  await assert.rejects(never('/waits', { signal: unanswered.signal }), why)
  const waiting = new AbortController()
  const gone = Promise.withResolvers<void>()
  const { fetch } = await world(t, ({ url, socket }, response) => {
    socket.once('close', () => gone.resolve())
    if (url === '/part') response.writeHead(200).write('part')
    else waiting.abort(why)
  })
  await assert.rejects(fetch('/waits', { signal: waiting.signal }), why)
  await gone.promise
  const stop = new AbortController()
  const reader = (await fetch('/part', { signal: stop.signal })).body?.getReader()
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'part')
  stop.abort(why)
  await assert.rejects(async () => reader?.read(), why)
})

test('an answer that nobody reads to its end closes the connection', async (t) => {
  const gone = Promise.withResolvers<void>()
  const { fetch } = await world(t, ({ socket }, response) => {
    socket.once('close', () => gone.resolve())
    response.writeHead(200).write('part')
  })
  const { body } = await fetch('/endless')
  await body?.cancel()
  await gone.promise
})

test('what is no answer is told as unreachable', async (t) => {
  const { fetch } = await world(t, ({ url, socket }, response) => {
    if (url === '/odd') response.socket?.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n')
    else socket.destroy()
  })
  await assert.rejects(fetch('/cut'), { code: 'UNREACHABLE' })
  await assert.rejects(fetch('/odd'), { code: 'UNREACHABLE' })
})
