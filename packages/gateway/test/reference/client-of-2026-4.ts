import assert from 'node:assert/strict'
import type { ConnectOptions } from '../harness/connect-params.ts'
import type { TestDevice } from '../harness/test-device.ts'
import { type Hello, openWireClient, type WireClient, type WireFrame } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

/** What a client of protocol 3 knows of each thing that it is told, as recorded; a name it does not know fails. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  event: ['type', 'event', 'payload', 'seq', 'stateVersion'],
  res: ['type', 'id', 'ok', 'payload', 'error'],
  error: ['code', 'message', 'details', 'retryable', 'retryAfterMs'],
  // It leaves before the client has said what it knows: OpenClaw's own gateway names capabilities to all.
  'connect.challenge': ['nonce', 'ts', 'capabilities'],
  'device.pair.requested': [
    ...['requestId', 'deviceId', 'publicKey', 'displayName', 'platform', 'deviceFamily', 'clientId'],
    ...['clientMode', 'role', 'roles', 'scopes', 'remoteIp', 'silent', 'isRepair', 'ts'],
  ],
  'device.pair.resolved': ['requestId', 'deviceId', 'decision', 'ts'],
  hello: ['type', 'protocol', 'server', 'features', 'snapshot', 'auth', 'policy', 'canvasHostUrl'],
  server: ['version', 'connId'],
  auth: ['deviceToken', 'role', 'scopes', 'issuedAtMs'],
  presence: ['presence'],
  tick: ['ts'],
  shutdown: ['reason', 'restartExpectedMs'],
}

export interface OldConnect {
  readonly url: string
  readonly device: TestDevice
  readonly scopes: readonly string[]
  /** Goes into `auth.token`, whether it is the shared one or the device's own. */
  readonly token: string
}

/** One connection of a client of OpenClaw 2026.4: it sends what was recorded, and reads no more than it knows. */
export interface OldClient {
  readonly wire: WireClient
  /** The hello, or the refusal with its close. */
  readonly answer: Promise<Hello | OldRefusal>
}
export interface OldRefusal {
  readonly type: 'refused'
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly close: { readonly code: number; readonly reason: string }
}

export function startOldClient({ url, device, scopes, token }: OldConnect): OldClient {
  const wire = openWireClient(url)
  const options: ConnectOptions = {
    minProtocol: 3,
    maxProtocol: 3,
    client: {
      id: 'cli',
      version: '2026.4.5',
      platform: 'linux',
      mode: 'cli',
      displayName: 'My Laptop',
      deviceFamily: 'Linux',
    },
    role: 'operator',
    scopes,
    auth: { token },
    device,
    tamper: (draft) => {
      draft['caps'] = []
    },
  }
  return { wire, answer: readAnswer(wire, options) }
}

async function readAnswer(wire: WireClient, options: ConnectOptions): Promise<Hello | OldRefusal> {
  const { ok, payload, error } = await wire.connect(options)
  if (ok) return payload as Hello
  const close = await within(wire.closed, () => 'the close behind the refusal')
  const { code = '', message = '', details = {} } = error ?? {}
  return { type: 'refused', code, message, details, close }
}

/** Fails on everything that a client of protocol 3 was told and does not know. */
export function expectOnlyWordsOf3({ received }: WireClient): void {
  for (const frame of received) for (const [what, value] of partsOf(frame)) expectKnown(what, value)
}

function* partsOf(frame: WireFrame): Generator<readonly [string, unknown]> {
  yield [frame.type, frame]
  if (frame.type === 'event') yield [frame.event, frame.payload]
  else if (frame.error) yield ['error', frame.error]
  else if (Object(frame.payload)['type'] === 'hello-ok') {
    const { server, auth } = frame.payload as Hello
    yield ['hello', frame.payload]
    yield ['server', server]
    if (auth) yield ['auth', auth]
  }
}

function expectKnown(what: string, value: unknown): void {
  const known = KNOWN[what]
  assert.ok(known, `protocol 3 knows no ${what}`)
  assert.deepEqual(
    Object.keys(Object(value)).filter((key) => !known.includes(key)),
    [],
    `in ${what}`,
  )
}
