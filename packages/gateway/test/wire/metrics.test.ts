import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'

const gateway = await openGateway({ after }, { config: { trustedProxies: ['127.0.0.2'] } })
const PATH = '/__pairgate__/metrics'

interface Answer {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly text: string
}
function get(options: Readonly<Record<string, unknown>>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request({ host: '127.0.0.1', port: gateway.port, path: PATH, ...options }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    response.on('end', () => {
      resolve({ status: response.statusCode, type: response.headers['content-type'], text })
    })
  })
  sent.on('error', reject).end()
  return promise
}
/** The value of a sample, by everything before it on its line; 0 when there is no such line. */
async function sampleOf(sample: string): Promise<number> {
  const { text } = await get({})
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `))
  return Number(line?.slice(sample.length + 1) ?? 0)
}

test('what connects and calls is counted, by outcome', async () => {
  const accepted = 'pairgate_handshakes_total{outcome="accepted"}'
  const asked = 'pairgate_handshakes_total{outcome="pairing-required"}'
  const before = { accepted: await sampleOf(accepted), asked: await sampleOf(asked) }
  const { client } = await pair(gateway, { scopes: ['operator.read'] })
  // The owner who approved it, the fetch of the token, and its proof.
  assert.equal((await sampleOf(accepted)) - before.accepted, 3)
  assert.equal((await sampleOf(asked)) - before.asked, 1)
  assert.equal(await sampleOf('pairgate_connections{kind="device",role="operator"}'), 1)

  await client.call('health', {})
  await client.request('device.pair.list', {})
  await client.request('no.such.method.of.ours', {})
  assert.equal(await sampleOf('pairgate_requests_total{method="health",outcome="ok"}'), 1)
  assert.equal(
    await sampleOf('pairgate_requests_total{method="device.pair.list",outcome="scope-missing"}'),
    1,
  )
  assert.equal(await sampleOf('pairgate_requests_total{method="unknown",outcome="scope-missing"}'), 1)
  assert.equal(await sampleOf('pairgate_request_duration_seconds_count{method="health"}'), 1)
})

test('nothing that a peer sends becomes a label', async () => {
  const { client } = await pair(gateway, { scopes: ['operator.admin'] })
  await client.request('made-up-method', {})
  await refusedConnect(gateway, { device: makeDevice(), role: 'made-up-role' })
  await get({ headers: { Host: 'made-up-host' } })
  const { text } = await get({})
  assert.doesNotMatch(text, /made-up/)
})

test('the log is followed, and the process tells what it takes', async () => {
  const { status, type, text } = await get({})
  assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8'])
  assert.match(text, /^pairgate_ready 1$/m)
  assert.match(text, /^pairgate_event_log_seq [1-9]\d*$/m)
  assert.match(text, /^pairgate_event_log_lag_seconds \d+(?:\.\d+)?$/m)
  assert.match(text, /^process_resident_memory_bytes [1-9]\d+$/m)
})

test('who comes from elsewhere, through a proxy or from a web page, reads nothing', async () => {
  const strangers = {
    'through a proxy': { localAddress: '127.0.0.2', headers: { 'X-Forwarded-For': '203.0.113.9' } },
    'under the name of the machine': { headers: { Host: '192.168.1.20' } },
    'from a page': { headers: { Origin: `http://127.0.0.1:${gateway.port}` } },
  }
  for (const [who, options] of Object.entries(strangers)) {
    const { status, text } = await get(options)
    assert.equal(status, 403, who)
    assert.equal(JSON.parse(text).error.code, 'METRICS_LOCAL_ONLY')
  }
  const owner = await get({ host: undefined, port: undefined, socketPath: gateway.ownerSocket })
  assert.equal(owner.status, 200)
})
