import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { calculateJwkThumbprint, EmbeddedJWK, type JWTHeaderParameters, jwtVerify } from 'jose'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { loadOrCreateFileKey } from '../key/file-device-key.ts'
import { createMemoryTokenStore } from '../tokens/memory-token-store.ts'
import { createFetch } from './create-fetch.ts'

interface Seen {
  readonly method: string | undefined
  readonly target: string | undefined
  readonly body: string
  readonly token: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly header: JWTHeaderParameters
}

/** A server that judges proofs by the rules of RFC 9449 section 4.3, with a library of others. */
async function serverOf(t: TestContext, answer: (seen: Seen, response: ServerResponse) => void) {
  const seen: Seen[] = []
  const jtis = new Set<unknown>()
  const server = createServer(async (request, response) => {
    const one = await judge(request, `http://127.0.0.1:${port}`, jtis)
    seen.push(one)
    answer(one, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const tokens = createMemoryTokenStore()
  await tokens.save(`ws://127.0.0.1:${port}`, key.deviceId, 'operator', { token: 'pgd_secret', scopes: [] })
  return { url: `http://127.0.0.1:${port}`, seen, key, tokens }
}

async function judge(request: IncomingMessage, origin: string, jtis: Set<unknown>): Promise<Seen> {
  const { method, url: target, headers } = request
  const [scheme, token = ''] = (headers.authorization ?? '').split(' ')
  assert.equal(scheme, 'DPoP')
  assert.equal(typeof headers['dpop'], 'string', 'exactly one proof')
  const { payload, protectedHeader } = await jwtVerify(String(headers['dpop']), EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['EdDSA'],
    maxTokenAge: 60,
    requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
  })
  assert.equal(payload['htm'], method)
  assert.equal(payload['htu'], origin + new URL(target ?? '', origin).pathname)
  assert.equal(payload['ath'], createHash('sha256').update(token).digest('base64url'))
  assert.equal(jtis.has(payload.jti), false, 'a proof came twice')
  jtis.add(payload.jti)
  let body = ''
  for await (const piece of request) body += String(piece)
  return { method, target, body, token, claims: payload, header: protectedHeader }
}

const ok = (_seen: Seen, response: ServerResponse): unknown => response.end('fine')

test('each request carries the token and a fresh proof that a strict server accepts', async (t) => {
  const { url, seen, key, tokens } = await serverOf(t, ok)
  const fetch = createFetch({ url: url.replace('http', 'ws'), key, tokens })
  assert.equal(await (await fetch('/things?page=2#top')).text(), 'fine')
  assert.equal(await (await fetch(new URL(`${url}/things`), { method: 'POST', body: 'täxt' })).text(), 'fine')
  await fetch(new Request(`${url}/things/1`, { method: 'DELETE', headers: { 'x-mine': '1' } }))
  assert.deepEqual(
    seen.map(({ method, target, body, token }) => [method, target, body, token]),
    [
      ['GET', '/things?page=2', '', 'pgd_secret'],
      ['POST', '/things', 'täxt', 'pgd_secret'],
      ['DELETE', '/things/1', '', 'pgd_secret'],
    ],
  )
  const [{ header, claims } = assert.fail('nothing was seen')] = seen
  assert.deepEqual(header, {
    typ: 'dpop+jwt',
    alg: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey },
  })
  assert.equal((await calculateJwkThumbprint(header.jwk ?? {})).length, 43)
  assert.ok(Number.isInteger(claims['iat']))
  assert.equal('nonce' in claims, false)
})

test('a server that asks for a nonce gets the same request once more, body included, and later ones with it', async (t) => {
  let wanted = 'first'
  const { url, seen, key, tokens } = await serverOf(t, ({ claims }, response) => {
    response.setHeader('dpop-nonce', wanted)
    if (claims['nonce'] === wanted) return response.end('fine')
    response.writeHead(401, {
      'www-authenticate': 'DPoP error="use_dpop_nonce", error_description="a nonce"',
    })
    return response.end()
  })
  const fetch = createFetch({ url, key, tokens })
  const stream = new Blob(['from a stream']).stream()
  const bodies = ['text', stream]
  for (const body of bodies) {
    const init = { method: 'PUT', body, duplex: 'half' } as const
    assert.equal((await fetch('/x', init)).status, 200)
    wanted = 'second'
  }
  assert.deepEqual(
    seen.map(({ body, claims }) => [body, claims['nonce']]),
    [
      ['text', undefined],
      ['text', 'first'],
      ['from a stream', 'first'],
      ['from a stream', 'second'],
    ],
  )
  await fetch('/x')
  assert.equal(seen.at(-1)?.claims['nonce'], 'second')
})

test('a server that is never content is asked twice and no more', async (t) => {
  const { url, seen, key, tokens } = await serverOf(t, (_seen, response) => {
    response.writeHead(401, {
      'www-authenticate': 'DPoP error="use_dpop_nonce"',
      'dpop-nonce': String(Math.random()),
    })
    response.end()
  })
  assert.equal((await createFetch({ url, key, tokens })('/x')).status, 401)
  assert.equal(seen.length, 2)
})

test('another 401 is the answer', async (t) => {
  const { url, seen, key, tokens } = await serverOf(t, (_seen, response) => {
    response.writeHead(401, { 'www-authenticate': 'DPoP error="invalid_token"', 'dpop-nonce': 'n' })
    response.end()
  })
  assert.equal((await createFetch({ url, key, tokens })('/x')).status, 401)
  assert.equal(seen.length, 1)
})

test('token and proof go to no other origin, and a device without a token sends nothing', async (t) => {
  const { url, seen, key, tokens } = await serverOf(t, ok)
  const fetch = createFetch({ url, key, tokens })
  for (const foreign of [
    'http://127.0.0.1:1/',
    'https://evil.example/x',
    'http://127.0.0.1:2/',
    '//evil.example/x',
  ])
    await assert.rejects(fetch(foreign), { code: 'FOREIGN_ORIGIN' })
  const stranger = createFetch({ url, key, tokens: createMemoryTokenStore() })
  await assert.rejects(stranger('/x'), { code: 'TOKEN_MISSING' })
  assert.equal(seen.length, 0)
  assert.throws(() => createFetch({ url: 'http://gateway.example', key, tokens }), {
    code: 'PLAINTEXT_REFUSED',
  })
  assert.throws(() => createFetch({ url: 'ftp://gateway.example', key, tokens }), { code: 'INVALID_URL' })
})

test('a redirect within the origin is followed with a proof of its own, as fetch does it', async (t) => {
  const { url, seen, key, tokens } = await serverOf(t, ({ target }, response) => {
    const [, status] = /^\/(\d+)$/.exec(target ?? '') ?? []
    if (target === '/round') return response.writeHead(302, { location: '/round' }).end()
    if (status === undefined) return response.end('there')
    return response.writeHead(Number(status), { location: '/end' }).end()
  })
  const fetch = createFetch({ url, key, tokens })
  const post = { method: 'POST', body: 'text', headers: { 'content-type': 'text/x' } }
  for (const status of [301, 302, 303, 307, 308]) {
    assert.equal(await (await fetch(`/${status}`, post)).text(), 'there')
    const last = seen.at(-1)
    const kept = status >= 307
    assert.deepEqual([last?.method, last?.body], kept ? ['POST', 'text'] : ['GET', ''])
  }
  assert.equal(await (await fetch('/302', { method: 'PUT', body: 'text' })).text(), 'there')
  assert.deepEqual([seen.at(-1)?.method, seen.at(-1)?.body], ['PUT', 'text'])
  assert.equal((await fetch('/302', { redirect: 'manual' })).status, 302)
  await assert.rejects(fetch('/302', { redirect: 'error' }), { code: 'REDIRECTED' })
  await assert.rejects(fetch('/round'), { code: 'REDIRECTED' })
  const long = new Blob([new Uint8Array(2_000_000)]).stream()
  await assert.rejects(fetch('/307', { method: 'PUT', body: long, duplex: 'half' }), { code: 'REDIRECTED' })
})

test('a redirect to another origin gets neither token nor proof nor body, and is told', async (t) => {
  const other = await serverOf(t, ok)
  for (const status of [302, 307]) {
    const { url, key, tokens } = await serverOf(t, (_seen, response) =>
      response.writeHead(status, { location: `${other.url}/taken` }).end(),
    )
    const fetch = createFetch({ url, key, tokens })
    await assert.rejects(fetch('/x', { method: 'POST', body: 'text' }), {
      code: 'FOREIGN_ORIGIN',
      details: { gateway: url, origin: other.url },
    })
  }
  assert.equal(other.seen.length, 0)
})

test('of a long stream no second one is made for a nonce: the answer is told, and the next try has it', async (t) => {
  const { url, seen, key, tokens } = await serverOf(t, ({ claims }, response) => {
    response.setHeader('dpop-nonce', 'wanted')
    if (claims['nonce'] === 'wanted') return response.end('fine')
    return response.writeHead(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"' }).end()
  })
  const fetch = createFetch({ url, key, tokens })
  const put = () =>
    fetch('/x', { method: 'PUT', body: new Blob([new Uint8Array(3_000_000)]).stream(), duplex: 'half' })
  assert.deepEqual([(await put()).status, (await put()).status], [401, 200])
  assert.deepEqual(
    seen.map(({ body }) => body.length),
    [3_000_000, 3_000_000],
  )
})

/** A server that answers before it has read anything, and a device that has a token of it. */
async function hastyServer(t: TestContext) {
  const server = createServer((_request, response) => response.writeHead(413).end())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  t.after(() => server.closeAllConnections())
  const { port } = server.address() as AddressInfo
  const { key, tokens } = await serverOf(t, ok)
  await tokens.save(`ws://127.0.0.1:${port}`, key.deviceId, 'operator', { token: 'pgd_secret', scopes: [] })
  return createFetch({ url: `http://127.0.0.1:${port}`, key, tokens })
}

test('a body that fails is told as what it failed with', async (t) => {
  const fetch = await hastyServer(t)
  const body = new ReadableStream({
    pull() {
      throw new Error('the disk is gone')
    },
  })
  await assert.rejects(fetch('/x', { method: 'PUT', body, duplex: 'half' }), /^Error: the disk is gone$/)
})

test('a body that is not wanted is let go', async (t) => {
  const fetch = await hastyServer(t)
  const cancelled = Promise.withResolvers<void>()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((done) => setTimeout(done, 1))
      controller.enqueue(new Uint8Array(1_000))
    },
    cancel: () => cancelled.resolve(),
  })
  const stop = new AbortController()
  const init = { method: 'PUT', body, duplex: 'half', signal: stop.signal } as const
  assert.equal((await fetch('/x', init)).status, 413)
  stop.abort()
  await cancelled.promise
})

test('an address at which nobody answers is told as unreachable, and a signal with its reason', async (t) => {
  const { url, key, tokens } = await serverOf(t, () => undefined)
  const why = new Error('enough')
  await assert.rejects(createFetch({ url, key, tokens })('/x', { signal: AbortSignal.abort(why) }), why)
  const closed = createServer()
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done))
  const { port } = closed.address() as AddressInfo
  await new Promise((done) => closed.close(done))
  const gateway = `http://127.0.0.1:${port}`
  await tokens.save(`ws://127.0.0.1:${port}`, key.deviceId, 'operator', { token: 'pgd_secret', scopes: [] })
  await assert.rejects(createFetch({ url: gateway, key, tokens })('/x'), {
    code: 'UNREACHABLE',
    details: { gateway, cause: 'ECONNREFUSED' },
  })
})

test('a body is read no faster than the other side takes it', async (t) => {
  const server = createServer((request) => request.pause())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  t.after(() => server.closeAllConnections())
  const { port } = server.address() as AddressInfo
  const { key, tokens } = await serverOf(t, ok)
  await tokens.save(`ws://127.0.0.1:${port}`, key.deviceId, 'operator', { token: 'pgd_secret', scopes: [] })
  const fetch = createFetch({ url: `http://127.0.0.1:${port}`, key, tokens })
  let [pulled, quiet] = [0, 0]
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((done) => setImmediate(done))
      pulled += 1
      quiet = 0
      controller.enqueue(new Uint8Array(65_536))
    },
  })
  const stop = new AbortController()
  const sent = fetch('/x', { method: 'PUT', body, duplex: 'half', signal: stop.signal })
  // It is over when nothing was read for a while: what the kernel takes depends on the machine.
  while (quiet < 20 && pulled < 5_000) {
    quiet += 1
    await new Promise((done) => setTimeout(done, 10))
  }
  stop.abort()
  await assert.rejects(sent, { name: 'AbortError' })
  assert.ok(pulled < 1_000, `${pulled} pieces of 64 KiB were read`)
})
