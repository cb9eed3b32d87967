import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { connectParams, type DraftConnect } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { openSilentPeer } from '../harness/silent-peer.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { Hello, WireClient } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway(
  { after },
  {
    config: {
      auth: { token: TOKEN },
      limits: { pendingPerDevice: 1_000, pendingInAll: 100_000, unauthenticatedPerPeer: 1_000 },
    },
  },
)
const READ = ['operator.read']

/** Every close that a peer can bring about. */
const CLOSES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1013])
const ERRORS = new Set(['NOT_PAIRED', 'INVALID_REQUEST', 'FORBIDDEN', 'UNAVAILABLE'])

/** The gateway still serves, and has met nothing that it did not expect. */
async function expectHealthy(): Promise<void> {
  const client = gateway.open()
  await client.hello({ auth: { token: TOKEN } })
  await client.call('health')
  await client.end()
  const errors = gateway.logged.filter((line) => line.includes('"level":"error"'))
  assert.deepEqual(errors, [])
}

/** Whatever was received must be one of the frames that the protocol knows. */
function expectDocumented({ received }: WireClient): void {
  for (const frame of received) {
    if (frame.type === 'event') continue
    assert.equal(frame.type, 'res')
    assert.ok(typeof frame.id === 'string' && frame.id !== '')
    if (frame.ok) continue
    assert.ok(ERRORS.has(frame.error?.code ?? ''), JSON.stringify(frame))
    assert.ok(
      !/internal|undefined|TypeError|at .*\.ts/.test(frame.error?.message ?? ''),
      frame.error?.message,
    )
  }
}

const json = fc.jsonValue({ maxDepth: 4 })
/** Frames that are nearly right, so that the fuzz gets past the first check. */
const nearFrame = fc.record(
  {
    type: fc.oneof(fc.constant('req'), json),
    id: fc.oneof(fc.string(), json),
    method: fc.oneof(
      fc.constantFrom(
        'connect',
        'health',
        'status',
        'device.pair.list',
        'device.pair.approve',
        'device.token.rotate',
      ),
      json,
    ),
    params: json,
    traceparent: json,
  },
  { requiredKeys: [] },
)
const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  json.map((value) => JSON.stringify(value)),
  nearFrame.map((value) => JSON.stringify(value)),
)

test('no first frame crashes the gateway or opens it', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.boolean(), async (first, binary) => {
      const client = gateway.open()
      await client.challenge
      client.sendRaw(binary ? Buffer.from(first) : first)
      const { code } = await within(client.closed, () => 'a close')

      assert.ok(CLOSES.has(code), String(code))
      expectDocumented(client)
      assert.ok(client.received.every((frame) => frame.type === 'event' || !frame.ok))
    }),
    { numRuns: 300 },
  )
  await expectHealthy()
})

const closeCodes = (frames: readonly { readonly opcode: number; readonly payload: Buffer }[]) =>
  frames
    .filter(({ opcode, payload }) => opcode === 8 && payload.length >= 2)
    .map(({ payload }) => payload.readUInt16BE(0))

test('no bytes on the wire crash the gateway or get anything but a close', async () => {
  const frame = fc.record({
    opcode: fc.integer({ min: 0, max: 15 }),
    payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fin: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { minLength: 1, maxLength: 4 }),
      fc.uint8Array({ maxLength: 100 }),
      async (frames, raw) => {
        const peer = await openSilentPeer(gateway.port)
        for (const each of frames) peer.sendFrame(each)
        peer.socket.write(raw)
        // A text frame that is no request, for those bytes that do not end the connection by themselves.
        peer.sendFrame({ opcode: 0, payload: Buffer.from('null') })
        peer.sendText('null')
        peer.socket.end()
        await within(peer.gone, () => 'the end of TCP')

        const texts = peer.frames
          .filter(({ opcode }) => opcode === 1)
          .map(({ payload }) => JSON.parse(String(payload)))
        assert.ok(texts.every(({ type, ok }) => type === 'event' || ok === false))
        // A close is answered with the code that it came with (RFC 6455 section 5.5.1).
        const brought = closeCodes(frames)
        for (const code of closeCodes(peer.frames))
          assert.ok(CLOSES.has(code) || brought.includes(code), String(code))
      },
    ),
    {
      numRuns: 150,
      examples: [[[{ opcode: 8, payload: Buffer.from([11, 184]), fin: true }], new Uint8Array()]],
    },
  )
  await expectHealthy()
})

test('no frame after the hello crashes the gateway; each is answered, ignored or closes by the rules', async () => {
  const { device, token } = await pair(gateway, { scopes: READ })
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 10 }), async (frames) => {
      const client = gateway.open()
      await client.hello({ device, scopes: READ, auth: { deviceToken: token } })
      for (const each of frames) client.sendRaw(each)
      client.send({ type: 'req', id: 'the-last', method: 'health' })

      assert.equal((await client.response('the-last')).ok, true)
      expectDocumented(client)
      await client.end()
    }),
    { numRuns: 100 },
  )
  await expectHealthy()
})

/** One change to a connect that was right until then. Without a value the key is taken out. */
interface Mutation {
  readonly section?: 'client' | 'device' | 'auth'
  readonly key: string
  readonly value?: unknown
}

function mutate(draft: DraftConnect, { section, key, value }: Mutation): void {
  if (section) draft[section] ??= {}
  const target: unknown = section ? draft[section] : draft
  if (typeof target !== 'object' || target === null) return
  if (value === undefined) Reflect.deleteProperty(target, key)
  // A copy: what the next change puts into it must not be in the value of a later round.
  else Reflect.set(target, key, structuredClone(value))
}

/** Any of these keys, each with any of these values, or taken out. */
function mutations(
  section: Mutation['section'],
  keys: readonly string[],
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<Mutation> {
  return fc.record({
    ...(section && { section: fc.constant(section) }),
    key: fc.constantFrom(...keys),
    value: fc.oneof({ weight: 4, arbitrary: values }, { weight: 1, arbitrary: fc.constant(undefined) }),
  })
}

test('no mutation of a connect lets in who lacks a valid proof and a grant (T15, T22)', async () => {
  const granted = await pair(gateway, { scopes: ['operator.read', 'operator.approvals'] })
  const foreign = await pair(gateway, { scopes: READ })
  const stranger = makeDevice()
  const secrets = fc.oneof(json, fc.constantFrom(granted.token, foreign.token, '', 'x'))
  const words = fc.oneof(
    json,
    fc.constantFrom('cli', 'node', 'Linux ', 'darwin', 'gateway-client', 'backend'),
  )
  const rest = fc.oneof(
    json,
    fc.constantFrom<unknown>('node', 'operator', ['operator.admin'], [...READ], [], 4, 3, ['pairgate-1']),
  )
  const keys = fc.oneof(
    json,
    fc.constantFrom<unknown>(stranger.id, stranger.publicKey, granted.device.publicKeyPem, 1),
  )
  const mutation = fc.oneof(
    mutations('device', ['id', 'publicKey', 'signature', 'signedAt', 'nonce'], keys),
    mutations('client', ['id', 'mode', 'platform', 'deviceFamily', 'version', 'displayName'], words),
    mutations('auth', ['token', 'deviceToken', 'bootstrapToken', 'password'], secrets),
    mutations(
      undefined,
      ['role', 'scopes', 'minProtocol', 'maxProtocol', 'caps', 'device', 'auth', 'client'],
      rest,
    ),
  )
  const credential = fc.constantFrom('own', 'foreign', 'garbage', 'none')
  const values = { own: granted.token, foreign: foreign.token, garbage: 'garbage', none: '' }
  const protocol = fc.constantFrom(3, 4)
  let letIn = 0

  await fc.assert(
    fc.asyncProperty(
      credential,
      protocol,
      fc.array(mutation, { maxLength: 3 }),
      async (kind, spoken, changes) => {
        const client = gateway.open()
        const challenge = await client.challenge
        const options = {
          device: granted.device,
          scopes: READ,
          minProtocol: spoken,
          maxProtocol: spoken,
          ...(kind !== 'none' && { auth: { deviceToken: values[kind] } }),
        }
        const right = connectParams(challenge, options)
        const draft = structuredClone(right)
        for (const change of changes) mutate(draft, change)
        client.send({ type: 'req', id: 'c', method: 'connect', params: draft })
        const answer = await client.response('c').catch(() => undefined)
        expectDocumented(client)

        if (answer?.ok) {
          letIn += 1
          const { auth, protocol } = answer.payload as Hello
          // What is signed must be what was sent, and the token must have been among it.
          assert.deepEqual(signedPart(draft), signedPart(right))
          assert.ok([draft.auth?.['deviceToken'], draft.auth?.['token']].includes(granted.token))
          // Protocol 3 tells the scopes of the token.
          assert.deepEqual(auth.scopes, protocol === 3 ? ['operator.approvals', 'operator.read'] : READ)
          assert.equal(auth.role, 'operator')
          await client.end()
        } else {
          const { code } = await within(client.closed, () => 'a close')
          assert.ok(CLOSES.has(code), String(code))
        }
      },
    ),
    { numRuns: 600 },
  )
  assert.ok(letIn > 0, 'not even the right connect was let in')
  await expectHealthy()
})

/** The fields under the signature, as they count: trimmed and lower-cased where the protocol says so. */
function signedPart(draft: DraftConnect) {
  const { client, auth, device } = draft
  const { id, nonce, signedAt } = device ?? {}
  const lower = (value: unknown) =>
    typeof value === 'string' ? value.trim().replace(/[A-Z]/g, (at) => at.toLowerCase()) : ''
  return {
    id,
    nonce,
    signedAt,
    clientId: client?.['id'],
    mode: client?.['mode'],
    role: draft['role'] ?? 'operator',
    scopes: (draft['scopes'] ?? []) as unknown,
    token: auth?.['token'] || auth?.['deviceToken'] || auth?.['bootstrapToken'] || '',
    platform: lower(client?.['platform']),
    deviceFamily: lower(client?.['deviceFamily']),
  }
}

test('scopes that are asked for never widen what was granted (T15)', async () => {
  const all = [
    'operator.admin',
    'operator.write',
    'operator.read',
    'operator.approvals',
    'operator.pairing',
    'made.up',
  ]
  const { device, token } = await pair(gateway, { scopes: ['operator.read', 'operator.approvals'] })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...all), { maxLength: 6 }),
      fc.boolean(),
      async (scopes, shared) => {
        const client = gateway.open()
        const auth = shared ? { token: TOKEN } : { deviceToken: token }
        const { ok, payload } = await client.connect({ device, scopes, auth })
        if (!ok) return void (await client.closed)
        const { auth: held } = payload as { auth: { scopes: string[] } }
        assert.ok(held.scopes.every((scope) => ['operator.read', 'operator.approvals'].includes(scope)))
        assert.ok(held.scopes.every((scope) => scopes.includes(scope)))
        assert.equal((await client.fail('device.pair.list')).code, 'FORBIDDEN')
        await client.end()
      },
    ),
    { numRuns: 150 },
  )
})

test('what a device says of itself never breaks the list that operators see', async () => {
  const owner = await gateway.owner()
  const words = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }),
    fc.string({ unit: 'grapheme', minLength: 1 }),
  )
  await fc.assert(
    fc.asyncProperty(words, words, words, async (displayName, platform, deviceFamily) => {
      const device = makeDevice()
      const { requestId } = await askToPair(gateway, {
        device,
        client: { displayName, platform, deviceFamily },
      })
      const { payload } = await owner.nextEvent(
        'device.pair.requested',
        (row) => row['requestId'] === requestId,
      )
      for (const key of ['displayName', 'platform', 'deviceFamily']) {
        const shown = String(payload[key] ?? '')
        assert.ok([...shown].length <= 128 && !/\p{Cc}/u.test(shown), JSON.stringify(shown))
      }
      await owner.call('device.pair.reject', { requestId })
    }),
    { numRuns: 60 },
  )
})
