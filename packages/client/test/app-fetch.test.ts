import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { connectGateway } from '../src/connect-gateway.ts'
import { createAppFetch } from '../src/http/create-app-fetch.ts'
import { loadOrCreateFileKey } from '../src/key/file-device-key.ts'
import { createMemoryTokenStore } from '../src/tokens/memory-token-store.ts'
import { openRealGateway } from './real-gateway.ts'
import { temporaryFolder } from './temporary-folder.ts'

const arrived: IncomingHttpHeaders[] = []
const upstream = createServer(({ headers }, response) => {
  arrived.push(headers)
  response.end('the app')
})
await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done))
after(() => upstream.close())
after(() => upstream.closeAllConnections())
const target = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
const entries = [
  { match: { path: '/app' }, target, scope: 'operator.read' },
  { match: { path: '/write' }, target, scope: 'operator.write' },
]
const gateway = await openRealGateway({ after }, { upstreams: entries }, { upstreams: { port: 0 } })
const origin = `http://127.0.0.1:${gateway.upstreamsPort}`

async function enter(t: TestContext) {
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const tokens = createMemoryTokenStore()
  const session = connectGateway({ url: gateway.url, key, tokens, scopes: ['operator.read'], wait: true })
  t.after(() => session.close())
  await gateway.approve(key.deviceId)
  await session.request('health', {})
  return { session, deviceId: key.deviceId }
}

test('an app behind the gateway is reached by an access token for it, and never sees a token', async (t) => {
  const { session, deviceId } = await enter(t)
  const fetch = createAppFetch({ origin, session })
  assert.equal(await (await fetch('/app/x')).text(), 'the app')
  assert.equal((await fetch(new URL('/write', origin))).status, 403)
  const [headers = {}] = arrived
  assert.deepEqual([headers['x-pairgate-device'], headers.authorization], [deviceId, undefined])
  // Only there: at another origin it is not even sent.
  await assert.rejects(fetch(`${target}/app`), { code: 'FOREIGN_ORIGIN' })
})

test('a token that an app refuses is replaced once, and not again', async (t) => {
  const { session } = await enter(t)
  const seen: string[] = []
  const app = createServer(({ headers: { authorization = '' } }, response) => {
    seen.push(authorization)
    const isGood = seen.length > 1 && seen.length < 4
    response.writeHead(isGood ? 200 : 401, {
      'www-authenticate': 'Bearer realm="pairgate", error="invalid_token"',
    })
    response.end()
  })
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done))
  t.after(() => app.close())
  t.after(() => app.closeAllConnections())
  const there = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  const fetch = createAppFetch({ origin: there, session })
  assert.deepEqual(
    [(await fetch('/')).status, (await fetch('/')).status, (await fetch('/')).status],
    [200, 200, 401],
  )
  const [first, second, third, fourth, fifth, more] = seen
  assert.notEqual(first, second)
  assert.deepEqual([third, fourth], [second, second])
  assert.notEqual(fifth, fourth)
  assert.equal(more, undefined)
  for (const each of seen) assert.match(each, /^Bearer pga_/)
})
