import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { freePort, startApp } from './app-of-test.ts'
import { letIn, startHost } from './host-of-test.ts'
import type { Machine } from './run-cli.ts'

const WRONG = 'ab'.repeat(32)

const app = await startApp({ after }, (request, response) => {
  request.resume().on('end', () => response.end('the app'))
})
const port = await freePort()
const upstreams = [{ match: { path: '/app' }, target: app.target, scope: 'operator.read' }]
const place = await startHost(
  { after },
  { gateway: { tls: { enabled: true }, upstreams }, upstreams: { port } },
)
const { host, url } = place
const { tls } = JSON.parse((await host.run(['gateway', 'status', '--json'])).stdout)
const pin: string = tls.fingerprint
const origin = `https://127.0.0.1:${port}`
const own = ['fetch', '/__pairgate__/verify', '--url', url]
const ofApp = ['fetch', `${origin}/app/x`, '--url', url, '--app-origin', origin]

const enter = (t: TestContext): Promise<Machine> => letIn(t, place, '--tls-fingerprint', pin)

/** What is kept beside the token of the machine. */
function keepPin({ stateDir }: Machine, tlsFingerprint: string | undefined): void {
  const path = join(stateDir, 'identity', 'tokens.json')
  const file = JSON.parse(readFileSync(path, 'utf8'))
  for (const token of file.tokens) token.tlsFingerprint = tlsFingerprint
  writeFileSync(path, JSON.stringify(file))
}

test('who was let in by a pinned address needs no pin, at the gateway and at its apps', async (t) => {
  const phone = await enter(t)
  const gateway = await phone.run([...own, '-i'])
  assert.match(gateway.stdout, /^HTTP\/1\.1 204 /, gateway.stderr)
  const shown = await phone.run([...own, '--access-token', '-i'])
  assert.match(shown.stdout, /^HTTP\/1\.1 204 /, shown.stderr)
  for (const flags of [[], ['--tls-fingerprint', pin]]) {
    const { code, stdout, stderr } = await phone.run([...ofApp, ...flags])
    assert.deepEqual([code, stdout, stderr], [0, 'the app', ''])
  }
})

test('another certificate than the pinned one is sent nothing, neither kept nor named', async (t) => {
  const phone = await enter(t)
  const before = app.arrived.length
  for (const command of [own, ofApp]) {
    const { code, stdout, stderr } = await phone.run([...command, '--tls-fingerprint', WRONG])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /is not the pinned one\. Nothing was sent\./)
    assert.ok(stderr.includes(WRONG) && stderr.includes(pin), stderr)
  }
  keepPin(phone, WRONG)
  for (const command of [own, ofApp]) {
    const { code, stdout } = await phone.run([...command, '--json'])
    assert.equal(code, 1)
    const { error } = JSON.parse(stdout)
    assert.deepEqual([error.type, error.reason], ['gateway_transport_error', 'TLS_FINGERPRINT'])
  }
  assert.equal(app.arrived.length, before)
})

test('without a pin a certificate that nobody vouches for is refused, with a way out', async (t) => {
  const phone = await enter(t)
  keepPin(phone, undefined)
  const { code, stderr } = await phone.run(own)
  assert.equal(code, 1)
  assert.match(stderr, /is not trusted by this machine \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. Nothing was sent\./)
  assert.match(stderr, /--tls-fingerprint <sha256>/)
  const withPin = await phone.run([...own, '--tls-fingerprint', pin, '-i'])
  assert.match(withPin.stdout, /^HTTP\/1\.1 204 /, withPin.stderr)
})

test('uploads and downloads of any size go over a pinned connection', async (t) => {
  const phone = await enter(t)
  const { code, stdout, stderr } = await phone.pipe([...ofApp, '-d', '-'], 'x'.repeat(3_000_000))
  assert.deepEqual([code, stdout, stderr], [0, 'the app', ''])
})
