import { METHOD_NAMES } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { askToPair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { CLI, openOperator, SHARED } from './frame-scenario.ts'

const auth = { token: SHARED }
/** Always the same frames, so that a failure can be seen again. */
const SEED = 20_260_901

/** First frames that are anything at all; each ends its socket. */
export async function sendOddFirstFrames(gateway: GatewayOfTest): Promise<void> {
  const odd = ['', 'no json', '5', 'null', '[]', '{}', '{"type":"req"}', '{"type":"res","id":"1","ok":true}']
  const anything = fc.sample(fc.json(), { seed: SEED, numRuns: 20 })
  const params = fc.sample(fc.jsonValue(), { seed: SEED, numRuns: 20 })
  const connects = params.map((value, at) =>
    JSON.stringify({ type: 'req', id: `f${at}`, method: 'connect', params: value }),
  )
  for (const text of [...odd, ...anything, ...connects]) {
    const client = gateway.open()
    await client.challenge
    client.sendRaw(text)
    noteSent(client, text)
    await client.closed
  }
}

/** Frames after the hello that are wrong in every way; the connection must live. */
export async function sendOddRequests(gateway: GatewayOfTest): Promise<void> {
  const { client: operator } = await openOperator(gateway)
  const role = 'operator'
  const wrong: readonly (readonly [string, unknown?])[] = [
    ['connect', {}],
    ['no.such.method'],
    ['device.pair.list', { more: true }],
    ['device.pair.approve'],
    ['device.pair.approve', { requestId: '' }],
    ['device.pair.approve', { requestId: 'unknown', foo: 1 }],
    ['device.pair.reject', { requestId: 5 }],
    ['device.pair.rename', { deviceId: 'unknown', label: 'x'.repeat(65) }],
    ['device.pair.rename', { deviceId: 'unknown', label: 'x' }],
    ['device.pair.rename', { deviceId: makeDevice().id, label: '  ' }],
    ['device.pair.remove', { deviceId: '' }],
    ['device.token.rotate', { deviceId: 'unknown', role }],
    ['device.token.rotate', { deviceId: makeDevice().id, role, scopes: ['foo'] }],
    ['device.token.revoke', { deviceId: makeDevice().id, role: 'worker' }],
    ['health', { probe: 'yes' }],
    ['status', []],
    ['gateway.identity.get', { foo: 1 }],
    ['system-presence', { foo: 1 }],
    ['config.get', { foo: 1 }],
    ['device.scopes.requestUpgrade', { scopes: [] }],
    ['device.scopes.waitUpgrade', { requestId: 'unknown' }],
  ]
  for (const [method, params] of wrong) await operator.fail(method, params)

  const { requestId } = await askToPair(gateway, { device: makeDevice(), auth, scopes: ['operator.read'] })
  await operator.fail('device.pair.approve', { requestId, digest: '0'.repeat(64) })
  await operator.fail('device.pair.approve', { requestId, scopes: ['operator.write'] })
  await operator.fail('device.pair.approve', { requestId, scopes: ['foo'] })
  await operator.fail('device.pair.approve', { requestId, session: 'nowhere' })
  const narrow = gateway.open()
  await narrow.hello({ client: CLI, auth, scopes: ['operator.pairing'] })
  await narrow.fail('device.pair.approve', { requestId })

  for (const text of ['', 'no json', '5', '[]', '{"type":"req","id":"x1"}', '{"id":7}'])
    operator.sendRaw(text)
  const methods = fc.constantFrom(...METHOD_NAMES, 'connect', '__proto__', 'toString')
  const frames = fc.sample(fc.tuple(methods, fc.jsonValue()), { seed: SEED, numRuns: 150 })
  for (const [method, params] of frames) operator.post(method, params)
  for (const junk of fc.sample(fc.jsonValue(), { seed: SEED, numRuns: 50 })) operator.send(junk)
  await operator.call('health')
}

/** What is sent as text can be a request all the same, and its answer has to be found. */
function noteSent(client: WireClient, text: string): void {
  try {
    ;(client.sent as unknown[]).push(JSON.parse(text))
  } catch {
    // No JSON, no answer.
  }
}
