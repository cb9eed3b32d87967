import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ConnectOptions, DraftConnect } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'

const gateway = await openGateway(
  { after },
  { config: { auth: { token: 'shared-token' }, limits: { pendingPerDevice: 100, pendingInAll: 10_000 } } },
)
const device = makeDevice()
const other = makeDevice()

const change = (fields: Record<string, unknown>) => (draft: DraftConnect) => {
  Object.assign(draft.device ?? {}, fields)
}
const client = (fields: Record<string, unknown>) => (draft: DraftConnect) => {
  Object.assign(draft.client, fields)
}

/** Message, details.code, details.reason of each failure (protocol fact 6). */
const FAULTS = {
  id: ['device identity mismatch', 'DEVICE_AUTH_DEVICE_ID_MISMATCH', 'device-id-mismatch'],
  stale: ['device signature expired', 'DEVICE_AUTH_SIGNATURE_EXPIRED', 'device-signature-stale'],
  blank: ['device nonce required', 'DEVICE_AUTH_NONCE_REQUIRED', 'device-nonce-missing'],
  nonce: ['device nonce mismatch', 'DEVICE_AUTH_NONCE_MISMATCH', 'device-nonce-mismatch'],
  signature: ['device signature invalid', 'DEVICE_AUTH_SIGNATURE_INVALID', 'device-signature'],
} as const

async function expectFault(fault: keyof typeof FAULTS, options: ConnectOptions): Promise<void> {
  const socket = gateway.open()
  const { error } = await socket.connect({ device, ...options })
  const [message, code, reason] = FAULTS[fault]
  assert.deepEqual(error, { code: 'INVALID_REQUEST', message, details: { code, reason } })
  await expectClose(socket, 1008, message)
}

describe('a proof is refused', () => {
  test('when the id is not that of the key', async () => {
    await expectFault('id', { tamper: change({ id: other.id }) })
    await expectFault('id', { tamper: change({ publicKey: other.publicKey }) })
    await expectFault('id', { tamper: change({ id: device.id.toUpperCase() }) })
  })

  test('when the key cannot be read', async () => {
    for (const publicKey of ['!', 'A', '=', device.publicKeyPem.slice(0, 60), `${device.publicKey}A`]) {
      await expectFault('id', { tamper: change({ publicKey }) })
    }
  })

  test('when the clocks differ by more than two minutes, either way', async () => {
    const { ts } = await gateway.open().challenge
    await expectFault('stale', { signedAt: ts - 121_000 })
    await expectFault('stale', { signedAt: ts + 180_000 })
    await expectFault('stale', { signedAt: 0 })
    await expectFault('stale', { signedAt: Number.MAX_SAFE_INTEGER })
    await askToPair(gateway, { device, signedAt: ts - 60_000 })
    await askToPair(gateway, { device, signedAt: ts + 110_000 })
  })

  test('when the nonce is blank', async () => {
    await expectFault('blank', { tamper: change({ nonce: '   ' }) })
  })

  test("when the nonce is another socket's, even one that is still open", async () => {
    const { nonce } = await gateway.open().challenge
    await expectFault('nonce', { signed: { nonce }, tamper: change({ nonce }) })
    await expectFault('nonce', { tamper: change({ nonce: 'made-up' }) })
  })

  test('when the nonce is ours but another one was signed', async () => {
    await expectFault('signature', { signed: { nonce: 'made-up' } })
  })

  test('when the signature is no signature', async () => {
    for (const signature of ['x', 'A'.repeat(86), '!'.repeat(86), device.sign('another text'), 'AAAA']) {
      await expectFault('signature', { tamper: change({ signature }) })
    }
  })

  test("when it is another key's", async () => {
    await expectFault('signature', {
      tamper: (draft) => Object.assign(draft.device ?? {}, { id: other.id, publicKey: other.publicKey }),
    })
  })

  test('when any field that counts was changed after it was signed (T22)', async () => {
    const scopes = ['operator.read']
    const changes: readonly ((draft: DraftConnect) => void)[] = [
      (draft) => Object.assign(draft, { role: 'node' }),
      (draft) => Object.assign(draft, { scopes: ['operator.admin'] }),
      (draft) => Object.assign(draft, { scopes: ['operator.read', 'operator.read'] }),
      (draft) => Object.assign(draft, { scopes: [' operator.read'] }),
      (draft) => Object.assign(draft, { scopes: [] }),
      (draft) => Object.assign(draft, { auth: { token: 'put-in' } }),
      (draft) => Object.assign(draft, { auth: { deviceToken: 'put-in' } }),
      (draft) => Object.assign(draft, { auth: { bootstrapToken: 'put-in' } }),
      client({ id: 'cli' }),
      client({ mode: 'cli' }),
      client({ platform: 'darwin' }),
      client({ deviceFamily: 'Phone' }),
      change({ signedAt: 1 + Date.now() }),
    ]
    for (const tamper of changes) await expectFault('signature', { scopes, tamper })
  })

  test('in the order of the protocol when several things are wrong', async () => {
    const all = { id: other.id, signedAt: 1, nonce: ' ', signature: 'x' }
    await expectFault('id', { tamper: change(all) })
    await expectFault('stale', { tamper: change({ ...all, id: device.id }) })
    const { ts } = await gateway.open().challenge
    await expectFault('blank', { tamper: change({ ...all, id: device.id, signedAt: ts }) })
    await expectFault('nonce', { tamper: change({ ...all, id: device.id, signedAt: ts, nonce: 'x' }) })
  })

  test('before any credential is looked at, right or wrong', async () => {
    for (const token of ['shared-token', 'wrong']) {
      await expectFault('signature', { auth: { token }, tamper: change({ signature: 'x' }) })
    }
  })
})

describe('a proof is accepted', () => {
  const accepted = (options: ConnectOptions) => askToPair(gateway, { device: makeDevice(), ...options })

  test('in the text of version 2 as well as of version 3', async () => {
    await accepted({ signed: { version: 'v2' }, client: { platform: 'Linux', deviceFamily: 'Box' } })
    await accepted({ signed: { version: 'v3' }, client: { platform: 'Linux', deviceFamily: 'Box' } })
  })

  test('with the key in base64url, in base64 and as a PEM block; all are one device', async () => {
    const fresh = makeDevice()
    const forms = [
      fresh.publicKey,
      fresh.rawPublicKey.toString('base64'),
      fresh.publicKeyPem,
      fresh.publicKeyPem.trim(),
    ]
    const ids = new Set<string>()
    for (const publicKey of forms) {
      ids.add((await accepted({ device: fresh, tamper: change({ publicKey }) })).requestId)
    }
    const owner = await gateway.owner()
    const { pending } = await owner.call<{ pending: { requestId: string; publicKey: string }[] }>(
      'device.pair.list',
    )

    assert.equal(ids.size, 1)
    assert.equal(pending.find(({ requestId }) => ids.has(requestId))?.publicKey, fresh.publicKey)
  })

  test('with the signature in base64 too', async () => {
    await accepted({
      tamper: ({ device: claim }) => {
        const signature = Buffer.from(String(claim?.['signature']), 'base64url').toString('base64')
        Object.assign(claim ?? {}, { signature })
      },
    })
  })

  test('with platform and family trimmed and lower-cased in ASCII only', async () => {
    const metadata = { platform: '  MacOS ÄÖÜ ', deviceFamily: ' iPhone İ ' }
    await accepted({ client: metadata, signed: { platform: 'macos ÄÖÜ', deviceFamily: 'iphone İ' } })
    await expectFault('signature', { client: metadata, signed: { platform: 'macos äöü' } })
  })

  test('with the scopes signed in the order in which they were sent, and only so', async () => {
    const scopes = ['operator.write', 'operator.approvals', 'operator.read']
    await accepted({ scopes })
    await expectFault('signature', { scopes, signed: { scopes: [...scopes].sort().join(',') } })
  })

  test('with the first of token, device token and bootstrap token signed, never the password', async () => {
    const { device: paired, token } = await pair(gateway)
    const connect = (auth: Record<string, string>, signed: string) =>
      connectPaired(gateway, { device: paired, token, auth, signed: { token: signed } })

    await connect({}, token)
    await connect({ token: 'first' }, 'first')
    await connect({ token: 'first', bootstrapToken: 'third', password: 'fourth' }, 'first')
    await connect({ bootstrapToken: 'third' }, token)
    await expectFault('signature', { auth: { token: 'a', deviceToken: 'b' }, signed: { token: 'b' } })
    await expectFault('signature', { auth: { bootstrapToken: 'a' }, signed: { token: '' } })
    await expectFault('signature', { auth: { password: 'shared-token' }, signed: { token: 'shared-token' } })
  })
})

test('a recorded connect is worth nothing on another socket', async () => {
  const { device: paired, token } = await pair(gateway)
  const { client: first } = await connectPaired(gateway, { device: paired, token })
  const [recorded] = first.sent

  const replay = gateway.open()
  await replay.challenge
  replay.send(recorded)
  const { error } = await replay.response((recorded as { id: string }).id)

  assert.equal(error?.details?.['code'], 'DEVICE_AUTH_NONCE_MISMATCH')
  await expectClose(replay, 1008, 'device nonce mismatch')
})

test('a connect that was accepted cannot be sent again on its own socket', async () => {
  const { device: paired, token } = await pair(gateway)
  const { client: first } = await connectPaired(gateway, { device: paired, token })
  const { params } = first.sent[0] as { params: unknown }

  const error = await first.fail('connect', params)
  assert.equal(error.message, 'connect is only valid as the first request')
})

test('a failing proof tells the same of a paired device as of one that nobody knows', async () => {
  const { device: paired } = await pair(gateway)
  for (const tamper of [change({ signature: 'x' }), change({ nonce: 'x' }), change({ signedAt: 1 })]) {
    const [known, unknown] = await Promise.all(
      [paired, makeDevice()].map((each) => gateway.open().connect({ device: each, tamper })),
    )
    assert.deepEqual(known?.error, unknown?.error)
  }
})
