import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import 'fake-indexeddb/auto'
import type { GatewaySession } from '../../src/gateway-session.ts'
import type { DeviceKey } from '../../src/key/device-key.ts'
import { openRealGateway } from '../real-gateway.ts'
import { bundleForBrowsers, type Library } from './browser-bundle.ts'

// The very code that browsers load, on the WebSocket, WebCrypto and Web Locks that Node has too, and on an
// IndexedDB in memory.

const bundle = pathToFileURL(join(await bundleForBrowsers({ after }), 'client.js')).href
const library: Library = await import(bundle)
/** Another tab: the same code with memory of its own. */
const otherCopy = `${bundle}?tab=2`
const otherTab: Library = await import(otherCopy)
const gateway = await openRealGateway({ after })
const retry = { firstMs: 10, maxMs: 50 }

function expectSigns(key: DeviceKey, text: string, signature: string): void {
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' })
  assert.ok(verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url')))
}

test('a page makes a key that it can use and nobody can copy, once, in however many tabs', async () => {
  const keys = await Promise.all(
    [library, otherTab, library, otherTab].map((tab) => tab.loadOrCreateBrowserKey({ name: 'once' })),
  )
  const [key = assert.fail()] = keys
  assert.equal(new Set(keys.map(({ deviceId }) => deviceId)).size, 1)
  assert.equal(key.storage, 'non-extractable')
  for (const one of keys) expectSigns(key, 'some text ü', await one.sign('some text ü'))
  const { deviceId } = await library.loadOrCreateBrowserKey({ name: 'another' })
  assert.notEqual(deviceId, key.deviceId)
})

test('where WebCrypto is hidden the key lies in bytes and says so, and works all the same', async (context) => {
  const { subtle } = crypto
  Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true })
  context.after(() => Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true }))
  const key = await library.loadOrCreateBrowserKey({ name: 'plain' })
  assert.equal(key.storage, 'extractable')
  expectSigns(key, 'text', await key.sign('text'))
  assert.equal((await otherTab.loadOrCreateBrowserKey({ name: 'plain' })).deviceId, key.deviceId)
  const session = library.connectGateway({
    ...{ url: gateway.url, key, tokens: library.createMemoryTokenStore(), scopes: ['operator.read'] },
    ...{ wait: true, retry, client: { id: 'test', mode: 'test' } },
  })
  await gateway.approve(key.deviceId)
  assert.equal((await session.request('health', {}))['ok'], true)
  await session.close()
})

test('two tabs of one device live through rotations, and neither asks to be paired again', async () => {
  const [one, other] = await Promise.all(
    [library, otherTab].map(async (tab) => {
      const key = await tab.loadOrCreateBrowserKey({ name: 'tabs' })
      const tokens = tab.createBrowserTokenStore()
      const target = { url: gateway.url, key, tokens, scopes: ['operator.read'], wait: true, retry } as const
      const session: GatewaySession = tab.connectGateway({ ...target, client: { id: 'test', mode: 'test' } })
      return { key, tokens, session }
    }),
  )
  assert.ok(one && other)
  const { deviceId } = one.key
  await gateway.approve(deviceId)
  const secrets = new Set<string | undefined>()
  const sessions: readonly GatewaySession[] = [one.session, other.session]
  for (let round = 0; round < 4; round += 1) {
    for (const session of sessions) assert.equal((await session.request('health', {}))['ok'], true)
    const again = sessions.map(opened)
    await gateway.owner.request('device.token.rotate', { deviceId, role: 'operator' })
    await Promise.all(again)
    secrets.add((await one.tokens.load(gateway.url, deviceId, 'operator'))?.token)
  }
  assert.equal(secrets.size, 4)
  assert.deepEqual((await gateway.owner.request('device.pair.list', {})).pending, [])
  await Promise.all([one.session.close(), other.session.close()])
})

function opened(session: GatewaySession): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.onState(({ kind }) => {
      if (kind !== 'open') return
      stop()
      resolve()
    })
  })
}

test('a token that another tab has replaced is not forgotten with the one that was refused', async () => {
  const tokens = library.createBrowserTokenStore()
  const { deviceId } = await library.loadOrCreateBrowserKey({ name: 'once' })
  await tokens.save('ws://a', deviceId, 'operator', { token: 'new', scopes: [] })
  await tokens.remove('ws://a', deviceId, 'operator', 'old')
  assert.equal((await otherTab.createBrowserTokenStore().load('ws://a', deviceId, 'operator'))?.token, 'new')
  await tokens.remove('ws://a', deviceId, 'operator', 'new')
  assert.equal(await tokens.load('ws://a', deviceId, 'operator'), undefined)
})

test('tabs connect one after the other', async () => {
  const tokens = library.createBrowserTokenStore()
  const { deviceId } = await library.loadOrCreateBrowserKey({ name: 'once' })
  const order: string[] = []
  const free = Promise.withResolvers<void>()
  const first = tokens.inTurn?.('ws://a', deviceId, 'operator', async () => {
    await free.promise
    order.push('first')
  })
  const second = tokens.inTurn?.('ws://a', deviceId, 'operator', async () => order.push('second'))
  free.resolve()
  await Promise.all([first, second])
  assert.deepEqual(order, ['first', 'second'])
})

test('nothing that answers, and a connection that is closed, are told as in Node', async () => {
  const key = await library.loadOrCreateBrowserKey({ name: 'once' })
  const target = {
    key,
    tokens: library.createMemoryTokenStore(),
    scopes: ['operator.read'],
    wait: false,
  } as const
  const away = library.pairDevice({ ...target, url: 'ws://127.0.0.1:9' })
  await assert.rejects(away, { code: 'UNREACHABLE', name: 'ClientError' })
  await assert.rejects(library.pairDevice({ ...target, url: 'ws://gateway.example' }), {
    code: 'PLAINTEXT_REFUSED',
  })
  const asking = library.pairDevice({ ...target, url: gateway.url, client: { id: 'test', mode: 'test' } })
  await assert.rejects(asking, { code: 'PAIRING_REQUIRED' })
})

test('a page checks no pin: a request that needs one goes nowhere but where the page came from', async (context) => {
  const key = await library.loadOrCreateBrowserKey({ name: 'once' })
  const asked: string[] = []
  const server = createServer((socket) => {
    asked.push('connected')
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  context.after(() => server.close())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const tokens = library.createMemoryTokenStore()
  const stored = { token: 'pgd_secret', scopes: [], tlsFingerprint: 'ab'.repeat(32) }
  await tokens.save(url.replace('https', 'wss'), key.deviceId, 'operator', stored)
  const fetch = library.createFetch({ url, key, tokens })
  await assert.rejects(fetch('/x'), { code: 'INVALID_FINGERPRINT' })
  assert.deepEqual(asked, [])

  Object.defineProperty(globalThis, 'location', { value: new URL(url), configurable: true })
  context.after(() => Reflect.deleteProperty(globalThis, 'location'))
  await assert.rejects(fetch('/x'), { code: 'UNREACHABLE' })
  assert.deepEqual(asked, ['connected'])
})
