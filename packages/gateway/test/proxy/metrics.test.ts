import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { after, beforeEach, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually, within } from '../harness/within.ts'
import { ask, openProxy } from './proxy-world.ts'

const {
  gateway,
  upstream,
  enter,
  port,
  ask: get,
} = await openProxy({ after }, [
  { match: { path: '/app' }, scope: 'operator.read', websocket: true },
  { match: { path: '/open' }, auth: 'public' },
  { match: { path: '/away' }, auth: 'public', target: 'unix:/nowhere/app.sock' },
])
const owner = await gateway.owner()
const name = upstream.target
const echo = new WebSocketServer({ noServer: true })

beforeEach(() => {
  upstream.answerBy((_request, response) => response.end('fine'))
  upstream.upgradeBy((request, socket, head) => echo.handleUpgrade(request, socket, head, () => undefined))
})

/** The value of a sample, by everything before it on its line; 0 when there is no such line. */
async function sampleOf(sample: string): Promise<number> {
  const { body } = await ask({ port: gateway.port }, '/__pairgate__/metrics')
  const line = body.split('\n').find((each) => each.startsWith(`${sample} `))
  return Number(line?.slice(sample.length + 1) ?? 0)
}
const outcomes = (outcome: string, of = name) =>
  sampleOf(`pairgate_upstream_requests_total{upstream="${of}",outcome="${outcome}"}`)
const inFlight = () => sampleOf(`pairgate_upstream_in_flight{upstream="${name}"}`)
const cut = () => sampleOf('pairgate_upstream_cut_total')

test('requests to upstreams are counted by upstream and class of their answer', async () => {
  for (const status of [200, 204, 304, 404, 503]) {
    upstream.answerBy((_request, response) => response.writeHead(status).end())
    await get('/open/some/path?with=a-query')
  }
  assert.deepEqual(
    await Promise.all(['2xx', '3xx', '4xx', '5xx', 'failed'].map((each) => outcomes(each))),
    [2, 1, 1, 1, 0],
  )
  await get('/away')
  assert.equal(await outcomes('failed', 'unix:/nowhere/app.sock'), 1)
  assert.equal(await sampleOf(`pairgate_upstream_response_seconds_count{upstream="${name}"}`), 5)
})

test('requests that the gateway refuses are counted by code', async () => {
  await get('/app')
  await get('/app', { token: 'pga_wrong' })
  await get('/none')
  await get('/open/%2f')
  const refused = (code: string) => sampleOf(`pairgate_upstream_refused_total{code="${code}"}`)
  assert.deepEqual(
    await Promise.all(['CREDENTIAL_MISSING', 'TOKEN_INVALID', 'NOT_FOUND', 'BAD_REQUEST'].map(refused)),
    [1, 1, 1, 1],
  )
})

test('what is open is counted while it is, and what a decision cuts', async () => {
  const caller = await enter()
  upstream.answerBy((_request, response) => void response.write('first'))
  const headers = { authorization: `Bearer ${caller.accessToken}` }
  const sent = httpRequest({ host: '127.0.0.1', port, path: '/app', agent: false, headers }).end()
  sent.on('error', () => undefined)
  await within(once(sent, 'response'), () => 'the stream')
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app`, { headers })
  socket.on('error', () => undefined)
  await within(once(socket, 'open'), () => 'the WebSocket')
  assert.equal(await inFlight(), 2)
  assert.equal(await outcomes('upgraded'), 1)
  const before = await cut()
  await owner.call('device.token.revoke', { deviceId: caller.device.id, role: 'operator' })
  await eventually(async () => (await inFlight()) === 0, 'the end of both')
  assert.equal(await cut(), before + 2)
})

test('nothing that a client sends becomes a label', async () => {
  await get('/open/secret-path', { headers: { 'X-Odd': 'odd-value', Host: 'odd.example' } })
  await get('/open', { method: 'PROPFIND' })
  const { body } = await ask({ port: gateway.port }, '/__pairgate__/metrics')
  assert.doesNotMatch(body, /secret-path|odd|PROPFIND/)
})

test('bytes are counted in both directions, those of a WebSocket too, while they go on', async () => {
  const bytes = async () => {
    const [to, from] = ['to-upstream', 'from-upstream'].map((direction) =>
      sampleOf(`pairgate_upstream_bytes_total{upstream="${name}",direction="${direction}"}`),
    )
    return { to: (await to) ?? 0, from: (await from) ?? 0 }
  }
  const MANY = 1_000_000
  const before = await bytes()
  upstream.answerBy((_request, response) => response.end('x'.repeat(MANY)))
  await get('/open', { method: 'POST', body: 'y'.repeat(MANY / 10) })
  const after = await bytes()
  const [sent, received] = [after.to - before.to, after.from - before.from]
  assert.ok(sent > MANY / 10 && sent < MANY / 10 + 2_000, `${sent}`)
  assert.ok(received > MANY && received < MANY + 2_000, `${received}`)
  const { accessToken } = await enter()
  upstream.upgradeBy((request, socket, head) =>
    echo.handleUpgrade(request, socket, head, (open) => open.send('z'.repeat(MANY))),
  )
  const headers = { authorization: `Bearer ${accessToken}` }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app`, { headers })
  await within(once(socket, 'message'), () => 'the message')
  const open = (await bytes()).from - after.from
  assert.ok(open > MANY && open < MANY + 2_000, `${open}`)
  socket.terminate()
  await eventually(async () => (await inFlight()) === 0, 'the end of the WebSocket')
  assert.equal((await bytes()).from - after.from, open)
})
