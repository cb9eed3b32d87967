import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { eventually, within } from '../harness/within.ts'

type Line = Readonly<Record<string, unknown>>

/** Lines with this text, without their time. */
function linesOf({ logged }: GatewayOfTest, msg: string): readonly Line[] {
  return logged
    .map((line): Line => JSON.parse(line))
    .filter((line) => line['msg'] === msg)
    .map(({ time: _time, ...line }) => line)
}

/** The durations are whatever they are, but they are there. */
function withoutMs(line: Line | undefined): Line {
  assert.ok(line, 'no such line')
  const { ms, ...rest } = line
  assert.equal(typeof ms, 'number')
  return rest
}

async function openPaired(context: TestContext) {
  const gateway = await openGateway(context)
  const paired = await pair(gateway, { scopes: ['operator.read'] })
  return { gateway, ...paired, connId: paired.hello.server.connId }
}

/** Sends a request under an id of our choice and waits for the answer. */
async function requestAs(client: WireClient, frame: Line): Promise<void> {
  client.send({ type: 'req', ...frame })
  await client.response(String(frame['id']))
}

test('every request has one line, with connection, id, method, outcome and duration', async (context) => {
  const { gateway, client, connId } = await openPaired(context)
  await requestAs(client, { id: 'first', method: 'health' })
  await requestAs(client, { id: 'second', method: 'device.pair.list', params: {} })
  await requestAs(client, { id: 'third', method: 'no.such.method', params: { token: 'not-for-the-log' } })
  await requestAs(client, { id: 'fourth', method: 'health', params: 7 })
  const lines = linesOf(gateway, 'request').filter((line) => line['connId'] === connId)
  assert.deepEqual(
    lines.map((line) => {
      const { level, id, method, outcome } = withoutMs(line)
      return [level, id, method, outcome]
    }),
    [
      ['debug', 'first', 'health', 'ok'],
      ['debug', 'second', 'device.pair.list', 'scope-missing'],
      ['debug', 'third', 'unknown', 'scope-missing'],
      ['debug', 'fourth', 'health', 'invalid'],
    ],
  )
  assert.doesNotMatch(gateway.logged.join(''), /no\.such\.method|not-for-the-log/)
})

test('the id of a request is bounded and cleaned before it is logged', async (context) => {
  const { gateway, client, connId } = await openPaired(context)
  await requestAs(client, { id: `\u001b[2J\u202e\n${'x'.repeat(100_000)}`, method: 'health' })
  const line = linesOf(gateway, 'request').find((each) => each['connId'] === connId)
  assert.equal(line?.['id'], `?[2J??${'x'.repeat(58)}...`)
})

test('every handshake has one line, and names a device only when it has proved its key', async (context) => {
  const { gateway, device, token, client, connId } = await openPaired(context)
  assert.deepEqual(withoutMs(linesOf(gateway, 'handshake').find((line) => line['connId'] === connId)), {
    level: 'debug',
    connId,
    id: client.sent.map((frame) => (frame as Line)['id'])[0],
    outcome: 'accepted',
    address: 'loopback',
    role: 'operator',
    deviceId: device.id,
    msg: 'handshake',
  })

  const stranger = makeDevice()
  const before = linesOf(gateway, 'handshake').length
  await askToPair(gateway, { device: stranger })
  await refusedConnect(gateway, { device, signedAt: 0 })
  await refusedConnect(gateway, { device, auth: { deviceToken: `${token}x` } })
  const garbled = gateway.open()
  await garbled.challenge
  garbled.sendRaw('no json')
  await within(garbled.closed, () => 'the close behind the garbage')
  assert.deepEqual(
    linesOf(gateway, 'handshake')
      .slice(before)
      .map((line) => [line['outcome'], line['deviceId']]),
    [
      ['pairing-required', stranger.id],
      ['signature-expired', undefined],
      ['device-token-mismatch', device.id],
      ['invalid', undefined],
    ],
  )
  assert.ok(!gateway.logged.join('').includes(token), 'a token in the log')
})

test('a handshake that never comes has a line too', async (context) => {
  const gateway = await openGateway(context, { env: { OPENCLAW_HANDSHAKE_TIMEOUT_MS: '1000' } })
  const silent = gateway.open()
  await silent.challenge
  await within(silent.closed, () => 'the end of the handshake')
  const [line, ...more] = linesOf(gateway, 'handshake')
  assert.deepEqual([line?.['outcome'], line?.['ms'], more], ['handshake-timeout', undefined, []])
})

test('a connection that ends has a line with the code of its close', async (context) => {
  const { gateway, device, token, client, connId } = await openPaired(context)
  client.socket.close(1000)
  const { client: second, hello } = await connectPaired(gateway, { device, token })
  const owner = await gateway.owner()
  await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
  await within(second.closed, () => 'the close behind the revocation')
  const codeOf = (id: string) =>
    linesOf(gateway, 'connection closed').find((line) => line['connId'] === id)?.['code']
  await eventually(
    () => codeOf(connId) !== undefined && codeOf(hello.server.connId) !== undefined,
    'the lines',
  )
  assert.deepEqual([codeOf(connId), codeOf(hello.server.connId)], [1000, 4001])
})

test('what was refused is summed up in one line for everybody, and refusals have none of their own', async (context) => {
  const { gateway, client } = await openPaired(context)
  for (const _each of Array.from({ length: 5 })) await askToPair(gateway, { device: makeDevice() })
  await client.fail('device.pair.list', {})
  await client.fail('device.pair.list', {})
  await gateway.stop()
  assert.deepEqual(linesOf(gateway, 'refused in the last minute'), [
    {
      level: 'info',
      handshakes: { 'pairing-required': 6 },
      requests: { 'scope-missing': 2 },
      msg: 'refused in the last minute',
    },
  ])
  const visible = gateway.logged
    .map((line): Line => JSON.parse(line))
    .filter(({ level }) => level !== 'debug')
  assert.deepEqual(
    visible.map(({ msg }) => msg).filter((msg) => !String(msg).startsWith('the gateway has no owner yet')),
    ['event log head', 'refused in the last minute'],
  )
})
