import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { startPostgres } from '@pairgate/store/testing'
import { WebSocket } from 'ws'
import type { ConnectOptions, DraftConnect } from '../harness/connect-params.ts'
import { ON_SQLITE, onPostgres } from '../harness/engine.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { type PairedDevice, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { driveSocket, openWireClient } from '../harness/wire-client.ts'
import { writeCertificate } from '../house/certificate.ts'

const READER = ['operator.read']
const server = await startPostgres({ after })
const ENGINES = [ON_SQLITE, onPostgres(() => server.freshDatabase())]

/** A connect of our own clients: v4 over the origin that was dialled. */
function ours(origin: string, options: ConnectOptions = {}): ConnectOptions {
  return { extended: true, scopes: READER, ...options, signed: { version: 'v4', origin, ...options.signed } }
}

async function expectRefused(gateway: GatewayOfTest, options: ConnectOptions): Promise<void> {
  const { code, details } = await refusedConnect(gateway, options)
  assert.deepEqual(
    [code, details],
    ['INVALID_REQUEST', { code: 'DEVICE_AUTH_SIGNATURE_INVALID', reason: 'device-signature' }],
  )
}

const withToken = ({ device, token }: PairedDevice): ConnectOptions => ({
  device,
  auth: { deviceToken: token },
})

/** A gateway where many rows come from one address, and a device that once signed the origin. */
async function withDevice(context: TestContext, engine = ON_SQLITE) {
  const gateway = await engine.openGateway(context, { config: { auth: { token: 'shared' } } })
  return { gateway, paired: await pair(gateway, ours(gateway.url)) }
}

test('the gateway says in its challenge that it knows the text with the origin', async (context) => {
  const gateway = await openGateway(context)
  const challenge: object = await gateway.open().challenge
  assert.deepEqual(Object(challenge).capabilities, ['pairgate-1'])
})

test('a signature over the origin that was dialled lets in, over another one it does not', async (context) => {
  const { gateway, paired } = await withDevice(context)
  await gateway.open().hello(ours(gateway.url, withToken(paired)))
  const { port } = gateway
  for (const origin of [
    'ws://',
    'wss://evil.example',
    `ws://127.0.0.1:${port + 1}`,
    `ws://localhost:${port}`,
  ])
    await expectRefused(gateway, ours(origin, withToken(paired)))
  // Something before us may have ended TLS; then the device dialled wss.
  await gateway.open().hello(ours(gateway.url.replace('ws:', 'wss:'), withToken(paired)))
})

test('a relay under another address gets a signature that is worth nothing here (T22)', async (context) => {
  const { gateway, paired } = await withDevice(context)
  const relay = createServer((near) => {
    const far = connect(gateway.port, '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => undefined)
    // The relay names the gateway itself in `Host`, else the gateway would answer under the relay's name.
    near.once('data', (head) => {
      far.write(String(head).replace(/^Host: .*$/im, `Host: 127.0.0.1:${gateway.port}`))
      near.pipe(far)
    })
    far.pipe(near)
  })
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done))
  context.after(() => relay.close())
  const dialled = `ws://127.0.0.1:${(relay.address() as AddressInfo).port}`

  const victim = openWireClient(dialled)
  const refused = await victim.connect(ours(dialled, withToken(paired)))
  assert.equal(refused.error?.details?.['code'], 'DEVICE_AUTH_SIGNATURE_INVALID')
  // The text without the origin would have passed, and that is why it is not believed any more.
  const persuaded = openWireClient(dialled)
  const older = await persuaded.connect({ ...withToken(paired), extended: true, scopes: READER })
  assert.equal(older.error?.details?.['code'], 'DEVICE_AUTH_SIGNATURE_INVALID')
  for (const client of [victim, persuaded]) client.socket.terminate()
})

for (const engine of ENGINES) {
  test(`a key that once signed the origin is not believed without, by any credential (${engine.name})`, async (context) => {
    const { gateway, paired } = await withDevice(context, engine)
    const credentials = [{ deviceToken: paired.token }, { token: paired.token }, { token: 'shared' }, {}]
    const downgrades = async () => {
      for (const auth of credentials)
        for (const extended of [true, false])
          for (const version of ['v3', 'v2'] as const)
            await expectRefused(gateway, {
              ...withToken(paired),
              auth,
              extended,
              scopes: READER,
              signed: { version },
            })
    }
    await downgrades()
    // A stripped capability does not turn the better text into an older one either.
    const stripped = { ...ours(gateway.url, withToken(paired)), extended: false }
    const { message } = await refusedConnect(gateway, stripped)
    assert.equal(message, "invalid connect params: at /device: unexpected property 'origin'")
    const silent = (draft: DraftConnect) => void delete draft.device?.['origin']
    await expectRefused(gateway, { ...stripped, tamper: silent })
    await expectRefused(gateway, { ...ours(gateway.url, withToken(paired)), tamper: silent })
    const named = (draft: DraftConnect) => Object.assign(draft.device ?? {}, { origin: gateway.url })
    await expectRefused(gateway, { ...ours('ws://evil.example', withToken(paired)), tamper: named })
    await gateway.open().hello(ours(gateway.url, withToken(paired)))

    await gateway.restart()
    await downgrades()
    await gateway.open().hello(ours(gateway.url, withToken(paired)))
  })

  test(`of a device's first connects with the origin, two at once are let in, and the fact stands (${engine.name})`, async (context) => {
    const gateway = await engine.openGateway(context, { config: { auth: { token: 'shared' } } })
    for (let round = 0; round < 8; round += 1) {
      const paired = await pair(gateway, { scopes: READER })
      await gateway.open().hello({ ...withToken(paired), scopes: READER })
      const clients = [gateway.open(), gateway.open(), gateway.open()]
      const old = clients[2]?.connect({ ...withToken(paired), scopes: READER })
      const answers = await Promise.all(
        clients.slice(0, 2).map((client) => client.connect(ours(gateway.url, withToken(paired)))),
      )
      assert.deepEqual(
        answers.map(({ ok }) => ok),
        [true, true],
      )
      // The old one came before the fact or after it; from now on there is no other answer.
      await old
      await expectRefused(gateway, { ...withToken(paired), scopes: READER })
    }
  })
}

test('a client that never signed the origin goes on as before, whether or not it knows our fields', async (context) => {
  const gateway = await openGateway(context)
  for (const extended of [true, false])
    for (const version of ['v3', 'v2'] as const) {
      const { client } = await pair(gateway, { scopes: READER, extended, signed: { version } })
      await client.end()
    }
})

test('a removed device that pairs anew may begin with the older text', async (context) => {
  const { gateway, paired } = await withDevice(context)
  const owner = await gateway.owner()
  await owner.call('device.pair.remove', { deviceId: paired.device.id })
  await pair(gateway, { device: paired.device, scopes: READER })
})

test('a device that is approved for more keeps being asked for the origin', async (context) => {
  const { gateway, paired } = await withDevice(context)
  const { requestId } = await paired.client.call<{ requestId: string }>('device.scopes.requestUpgrade', {
    scopes: ['operator.read', 'operator.write'],
  })
  const owner = await gateway.owner()
  await owner.call('device.pair.approve', { requestId })
  await owner.call('device.pair.rename', { deviceId: paired.device.id, label: 'kitchen' })
  await expectRefused(gateway, { ...withToken(paired), scopes: READER })
  await gateway.open().hello(ours(gateway.url, withToken(paired)))
})

test('behind a trusted proxy that writes its own Host, the origins of the settings count', async (context) => {
  const gateway = await openGateway(context, {
    config: {
      trustedProxies: ['127.0.0.1'],
      allowedHosts: ['gateway.example'],
      controlUi: { allowedOrigins: ['https://pair.example:8443'] },
    },
  })
  const through = (headers: Record<string, string>) =>
    gateway.open({ headers: { 'x-forwarded-for': '192.0.2.1', ...headers } })
  const code = async (origin: string, headers: Record<string, string>) => {
    const { error } = await through(headers).connect(ours(origin, { device: makeDevice() }))
    return error?.details?.['code']
  }
  const tls = { 'x-forwarded-proto': 'https' }
  assert.equal(await code('wss://pair.example:8443', tls), 'PAIRING_REQUIRED')
  assert.equal(await code('wss://gateway.example', tls), 'PAIRING_REQUIRED')
  assert.equal(await code('wss://gateway.example', { ...tls, host: 'gateway.example' }), 'PAIRING_REQUIRED')
  for (const origin of ['ws://gateway.example', 'wss://pair.example:9', 'wss://other.example'])
    assert.equal(await code(origin, tls), 'DEVICE_AUTH_SIGNATURE_INVALID', origin)
})

test('the owner on the host is not asked for an origin', async (context) => {
  const gateway = await openGateway(context)
  const owner = await gateway.owner()
  assert.ok((await owner.call<{ pending: unknown[] }>('device.pair.list')).pending)
})

test('over TLS only wss counts', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'origin-'))
  context.after(() => rmSync(dir, { recursive: true }))
  const { cert, key } = writeCertificate(dir, 'gateway')
  const tls = { cert, key }
  const gateway = await openGateway(context, { config: { tls } })
  const code = async (origin: string) => {
    const client = driveSocket(new WebSocket(`wss://localhost:${gateway.port}`, { ca: readFileSync(cert) }))
    const { error } = await client.connect(ours(origin, { device: makeDevice() }))
    return error?.details?.['code']
  }
  assert.equal(await code(`wss://localhost:${gateway.port}`), 'PAIRING_REQUIRED')
  assert.equal(await code(`ws://localhost:${gateway.port}`), 'DEVICE_AUTH_SIGNATURE_INVALID')
})
