import assert from 'node:assert/strict'
import type { ConnectOptions } from './connect-params.ts'
import type { GatewayOfTest } from './gateway-of-test.ts'
import { makeDevice, type TestDevice } from './test-device.ts'
import type { Hello, WireClient, WireError } from './wire-client.ts'
import { within } from './within.ts'

/** A device that was let in, and its open connection. */
export interface PairedDevice {
  readonly device: TestDevice
  readonly token: string
  readonly client: WireClient
  readonly hello: Hello
}

/** Less or more than the request says; see the params of `device.pair.approve`. */
export interface PairOptions extends ConnectOptions {
  readonly approval?: Readonly<Record<string, unknown>>
}

/** A connect that has to ask: the refusal, with the id of the request. */
export async function askToPair(
  gateway: GatewayOfTest,
  options: ConnectOptions,
): Promise<{ readonly requestId: string; readonly error: WireError }> {
  const client = gateway.open()
  const { ok, error } = await client.connect(options)
  assert.ok(!ok && error, 'the device was let in without asking')
  await within(client.closed, () => 'the close behind the refusal')
  assert.equal(error.details?.['code'], 'PAIRING_REQUIRED', JSON.stringify(error))
  return { requestId: String(error.details?.['requestId']), error }
}

/** The whole way in: ask, be approved by the owner, fetch the token by the key alone, prove it once. */
export async function pair(gateway: GatewayOfTest, options: PairOptions = {}): Promise<PairedDevice> {
  const { approval, ...ask } = options
  const device = options.device ?? makeDevice()
  const { requestId } = await askToPair(gateway, { ...ask, device })
  await approve(gateway, requestId, approval)
  const fetching = gateway.open()
  const { auth } = await fetching.hello({ ...ask, device })
  await fetching.end()
  const token = String(auth.deviceToken)
  const { client, hello } = await connectPaired(gateway, { ...ask, device, token, scopes: auth.scopes })
  return { device, token, client, hello }
}

/** The owner says yes. */
export async function approve(
  gateway: GatewayOfTest,
  requestId: string,
  approval: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const owner = await gateway.owner()
  await owner.call('device.pair.approve', { requestId, ...approval })
  await owner.end()
}

export interface PairedConnect extends ConnectOptions {
  readonly device: TestDevice
  readonly token: string
}

/** A connect with the device's token in `auth.deviceToken`; it must succeed. */
export async function connectPaired(
  gateway: GatewayOfTest,
  { token, auth, ...options }: PairedConnect,
): Promise<{ readonly client: WireClient; readonly hello: Hello }> {
  const client = gateway.open()
  const hello = await client.hello({ ...options, auth: { ...auth, deviceToken: token } })
  return { client, hello }
}

/** The refusal of a connect that must fail, after the close that has to follow it. */
export async function refusedConnect(gateway: GatewayOfTest, options: ConnectOptions): Promise<WireError> {
  const client = gateway.open()
  const { ok, error, payload } = await client.connect(options)
  assert.ok(!ok && error, `the connect was not refused: ${JSON.stringify(payload)}`)
  await within(client.closed, () => 'the close behind the refusal')
  return error
}
