import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { createServer } from 'node:tls'
import { ClientError, connectGateway, createFileTokenStore, loadOrCreateFileKey } from '@pairgate/client'
import {
  formatInvitationSecret,
  formatJoinLink,
  formatPairLink,
  joinCodeOf,
  type TlsPin,
} from '@pairgate/protocol'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const TOKEN = 'the-shared-token'
const WRONG = 'ab'.repeat(32)

const host = createMachine()
configure(host, { tls: { enabled: true }, auth: { token: TOKEN } })
const gateway = host.start(['gateway', 'run', '--port', '0'])
const ended = collect(gateway, 580_000)
let url = ''
let pin = ''

before(async () => {
  const said = await waitForOutput(gateway, /connect --url (wss:\S+) --tls-fingerprint ([0-9a-f]{64})\n/)
  url = said[1] ?? ''
  pin = said[2] ?? ''
})
after(async () => {
  gateway.kill('SIGTERM')
  await ended
  host.remove()
})

function configure({ stateDir }: Machine, settings: object): void {
  writeFileSync(join(stateDir, 'pairgate.json'), JSON.stringify({ gateway: settings }), { mode: 0o600 })
}
function machine(context: TestContext): Machine {
  const made = createMachine()
  context.after(() => made.remove())
  return made
}
async function listen(context: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => server.close())
  return `wss://127.0.0.1:${(server.address() as AddressInfo).port}`
}
/** The last line that a command said as JSON. */
async function json(from: Machine, line: string, code = 0) {
  const result = await from.run([...line.split(' '), '--json'])
  assert.equal(result.code, code, `${line}: ${result.stdout}${result.stderr}`)
  return JSON.parse(
    result.stdout
      .trim()
      .split(/\n(?=\{)/)
      .at(-1) ?? '',
  )
}
async function letIn(phone: Machine): Promise<void> {
  await json(phone, `connect --url ${url} --tls-fingerprint ${pin} --no-wait`, 1)
  await json(host, 'devices approve')
  await json(phone, `connect --url ${url} --tls-fingerprint ${pin}`)
}

test('a device that was let in by a pinned address needs no pin afterwards', async (context) => {
  const phone = machine(context)
  await letIn(phone)
  assert.equal((await json(phone, `call health --url ${url}`)).ok, true)
  const { tls } = await json(host, 'gateway status')
  assert.equal(tls.fingerprint, pin)
  const file = JSON.parse(readFileSync(join(phone.stateDir, 'identity', 'tokens.json'), 'utf8'))
  assert.deepEqual(
    file.tokens.map((token: { tlsFingerprint: string }) => token.tlsFingerprint),
    [tls.keyFingerprint],
  )
})

test('a pin is taken in every spelling', async (context) => {
  const phone = machine(context)
  const colons = pin.toUpperCase().replace(/..(?=.)/g, '$&:')
  for (const spelled of [pin.toUpperCase(), `sha256:${pin}`, `SHA256:${colons}`]) {
    const status = await json(
      phone,
      `gateway status --url ${url} --token ${TOKEN} --tls-fingerprint ${spelled}`,
    )
    assert.equal(status.ok, true, spelled)
  }
})

test('without a pin a certificate that nobody vouches for is refused, with a way out', async (context) => {
  const stranger = machine(context)
  const { code, stderr } = await stranger.run(['connect', '--url', url])
  assert.equal(code, 1)
  assert.match(stderr, /is not trusted by this machine \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. Nothing was sent\./)
  assert.match(stderr, /--tls-fingerprint <sha256>/)
  const { error } = await json(stranger, `connect --url ${url}`, 1)
  assert.deepEqual([error.type, error.reason], ['gateway_transport_error', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
})

test('a wrong pin is refused before a byte is sent, and both fingerprints are told', async (context) => {
  const received: Buffer[] = []
  const secret = (name: string) => readFileSync(join(host.stateDir, 'secrets', name))
  const server = createServer({ cert: secret('tls.crt'), key: secret('tls.key') }, (socket) => {
    socket.on('data', (bytes: Buffer) => received.push(bytes)).on('error', () => undefined)
  })
  const spy = await listen(context, server)
  const stranger = machine(context)
  const flags = ['--token', TOKEN, '--tls-fingerprint', WRONG]
  const { code, stderr } = await stranger.run(['call', 'health', '--url', spy, ...flags])
  assert.equal(code, 1)
  assert.match(stderr, /is not the pinned one\. Nothing was sent\./)
  assert.ok(stderr.includes(WRONG) && stderr.includes(pin), stderr)
  const { error } = await json(stranger, `call health --url ${spy} ${flags.join(' ')}`, 1)
  assert.deepEqual([error.type, error.reason], ['gateway_transport_error', 'TLS_FINGERPRINT'])
  assert.equal(Buffer.concat(received).length, 0)

  // The same server with the right pin is spoken to: it would have noticed.
  await json(stranger, `call health --url ${spy} --token ${TOKEN} --tls-fingerprint ${pin} --timeout 500`, 1)
  assert.match(Buffer.concat(received).toString(), /^GET \/ HTTP\/1\.1/)
})

test('an invitation carries the pin', async (context) => {
  const phone = machine(context)
  const secret = formatInvitationSecret(new Uint8Array(32))
  const link = (tlsFingerprint: string) =>
    formatPairLink({ url, secret, tlsFingerprint: tlsFingerprint as TlsPin })
  const wrong = await phone.run(['pair', link(WRONG)])
  assert.match(wrong.stderr, /is not the pinned one/)
  const right = await phone.run(['pair', link(pin)])
  assert.doesNotMatch(right.stderr, /certificate/)
  assert.equal(right.code, 1)
})

test('a join link has no room for a pin, so it is named beside it', async (context) => {
  const secret = (name: string) => readFileSync(join(host.stateDir, 'secrets', name))
  const asked: (string | undefined)[] = []
  const server = createHttpsServer(
    { cert: secret('tls.crt'), key: secret('tls.key') },
    (request, response) => {
      asked.push(request.url)
      const payload = { url, bootstrapToken: formatInvitationSecret(new Uint8Array(32)), tlsFingerprint: pin }
      response.end(JSON.stringify(payload))
    },
  )
  const there = await listen(context, server)
  const link = formatJoinLink(there, joinCodeOf(new Uint8Array(16)))
  const phone = machine(context)
  const bare = await phone.run(['pair', link])
  assert.match(bare.stderr, /DEPTH_ZERO_SELF_SIGNED_CERT[\s\S]*--tls-fingerprint/)
  const wrong = await phone.run(['pair', link, '--tls-fingerprint', WRONG])
  assert.match(wrong.stderr, /\(TLS_FINGERPRINT\)[\s\S]*another certificate than the pinned one/)
  assert.deepEqual(asked, [])

  const right = await phone.run(['pair', link, '--tls-fingerprint', pin])
  assert.equal(asked.length, 1)
  assert.match(right.stderr, /The join link has run out/)
})

test('gateway.remote.tlsFingerprint pins the gateway of the config, and no other', async (context) => {
  const desk = machine(context)
  const remote = { url, token: TOKEN, tlsFingerprint: pin }
  configure(desk, { mode: 'remote', remote })
  assert.equal((await json(desk, 'gateway status')).ok, true)
  const elsewhere = await json(desk, `gateway status --url ${url} --token ${TOKEN}`)
  assert.match(elsewhere.error, /not trusted by this machine/)
  configure(desk, { mode: 'remote', remote: { ...remote, tlsFingerprint: WRONG } })
  assert.match((await json(desk, 'gateway status')).error, /is not the pinned one/)
  assert.equal((await json(desk, `gateway status --tls-fingerprint ${pin}`)).ok, true)
})

test('`openclaw qr --remote` goes there with the secret and the pin beside the address', async (context) => {
  const phone = machine(context)
  configure(phone, { mode: 'remote', remote: { url, token: TOKEN, tlsFingerprint: pin } })
  const { gatewayUrl, urlSource } = await json(phone, 'qr --remote --limited')
  assert.deepEqual([gatewayUrl, urlSource], [url, 'gateway.remote.url'])
})

test('on its own host a command knows the certificate of the gateway', async () => {
  const { port } = new URL(url)
  const { code, stderr } = await host.run(['call', 'health', '--token', TOKEN], {
    OPENCLAW_GATEWAY_PORT: port,
  })
  assert.equal(code, 0, stderr)
})

test('a pin that cannot be meant is refused', async (context) => {
  const stranger = machine(context)
  const junk = await stranger.run(['connect', '--url', url, '--tls-fingerprint', 'abc'])
  assert.match(junk.stderr, /Invalid --tls-fingerprint/)
  const plain = await stranger.run(['connect', '--url', 'ws://127.0.0.1:1', '--tls-fingerprint', pin])
  assert.match(plain.stderr, /A TLS fingerprint needs a wss:\/\/ address/)
})

test('a server that never finishes the TLS handshake keeps no command alive', async (context) => {
  const silent = await listen(
    context,
    createPlainServer((socket) => void socket.on('error', () => undefined)),
  )
  const flags = ['--token', TOKEN, '--tls-fingerprint', pin, '--timeout', '300']
  const { code, stderr } = await machine(context).run(['call', 'health', '--url', silent, ...flags])
  assert.equal(code, 1)
  assert.match(stderr, /gateway timeout after 300ms/)
  const link = formatJoinLink(silent, joinCodeOf(new Uint8Array(16)))
  const join = await machine(context).run(['pair', link, '--tls-fingerprint', pin, '--timeout', '300'])
  assert.equal(join.code, 1)
  assert.match(join.stderr, /\(TimeoutError\)/)
})

test('a session of the library ends at another certificate, and does not come back for more', async (context) => {
  const { stateDir } = machine(context)
  const key = await loadOrCreateFileKey(join(stateDir, 'device.pem'))
  const tokens = createFileTokenStore(join(stateDir, 'tokens.json'))
  const error = await connectGateway({ url, key, tokens, scopes: [], tlsFingerprint: WRONG }).ended
  assert.ok(error instanceof ClientError)
  assert.equal(error.code, 'TLS_FINGERPRINT')
  assert.deepEqual([error.details['pinned'], error.details['shown']], [WRONG, pin])
})

// The last one: the certificate is another one afterwards.
test('a new certificate with the same key is no stranger to a device that was let in', async (context) => {
  const phone = machine(context)
  await letIn(phone)
  await json(host, 'config set gateway.allowedHosts new.example')
  const { tls } = await json(host, 'gateway status')
  assert.notEqual(tls.fingerprint, pin)

  assert.equal((await json(phone, `call health --url ${url}`)).ok, true)
  const stranger = machine(context)
  const asked = (fingerprint: string) =>
    json(stranger, `gateway status --url ${url} --token ${TOKEN} --tls-fingerprint ${fingerprint}`)
  assert.match((await asked(pin)).error, /is not the pinned one/)
  assert.equal((await asked(tls.fingerprint)).ok, true)
  assert.equal((await asked(tls.keyFingerprint)).ok, true)
})
