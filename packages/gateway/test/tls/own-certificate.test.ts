import assert from 'node:assert/strict'
import { createPublicKey, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createOwnCertificate } from '../../src/tls/own-certificate.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { temporaryDir } from '../house/temporary-dir.ts'
import { changeConfig } from '../settings/rewrite-config.ts'
import { loggedAt, pinOf, reportOf, shownBy } from './tls-of-gateway.ts'

const AUTH = { token: 'the-shared-token' }
const CLI = { client: { id: 'cli', mode: 'cli' }, auth: AUTH }
const OWN = { auth: AUTH, tls: { enabled: true } }
const DAY_MS = 86_400_000

const keyFile = ({ stateDir }: GatewayOfTest) => join(stateDir, 'secrets', 'tls.key')
const certificateFile = ({ stateDir }: GatewayOfTest) => join(stateDir, 'secrets', 'tls.crt')
const publicKeyOf = (certificate: X509Certificate) =>
  certificate.publicKey.export({ format: 'pem', type: 'spki' }).toString()

test('a gateway without certificate files makes its own, for every name that it is called by', async (context) => {
  const gateway = await openGateway(context, {
    config: { ...OWN, allowedHosts: ['gate.example', '192.0.2.7'] },
  })
  assert.match(gateway.url, /^wss:/)
  const shown = await shownBy(gateway)
  for (const name of ['localhost', 'gate.example']) assert.equal(shown.checkHost(name), name)
  for (const address of ['127.0.0.1', '::1', '192.0.2.7']) assert.ok(shown.checkIP(address), address)
  assert.equal(shown.checkHost('other.example'), undefined)
  assert.equal(shown.ca, false)
  assert.equal(statSync(keyFile(gateway)).mode & 0o777, 0o600)

  // Who trusts exactly this certificate needs no pin.
  await gateway.open({ ca: readFileSync(certificateFile(gateway), 'utf8') }).hello(CLI)
  await assert.rejects(gateway.open().challenge)
  const report = await reportOf(gateway)
  assert.deepEqual([report.mode, report.selfSigned, report.fingerprint], ['auto', true, pinOf(shown)])
  assert.equal(gateway.running.tlsPin, report.fingerprint)
})

test('the own certificate is also for the hosts of apps behind the gateway', async (context) => {
  const upstreams = [
    { match: { host: 'app.example' }, target: 'http://127.0.0.1:9', scope: 'operator.read' },
    { match: { path: '/x' }, target: 'http://127.0.0.1:9', scope: 'operator.read' },
  ]
  const gateway = await openGateway(context, {
    config: { ...OWN, upstreams },
    sections: { upstreams: { port: 0 } },
  })
  assert.equal((await shownBy(gateway)).checkHost('app.example'), 'app.example')
})

test('certificate and pin stay the same after a restart', async (context) => {
  const gateway = await openGateway(context, { config: OWN })
  const before = await shownBy(gateway)
  await gateway.restart()
  assert.equal((await shownBy(gateway)).fingerprint256, before.fingerprint256)
})

test('a new configured name makes a new certificate with the same key, and cuts nobody off', async (context) => {
  const gateway = await openGateway(context, { config: OWN })
  const before = await shownBy(gateway)
  const standing = gateway.open({ ca: before.toString() })
  await standing.hello(CLI)

  await changeConfig(gateway, { ...OWN, allowedHosts: ['new.example'] })
  const after = await shownBy(gateway)
  assert.equal(after.checkHost('new.example'), 'new.example')
  assert.equal(publicKeyOf(after), publicKeyOf(before))
  assert.notEqual(pinOf(after), pinOf(before))
  await standing.call('health')
  assert.equal(readFileSync(certificateFile(gateway), 'utf8'), after.toString())

  // A name less is no reason for a certificate that nobody knows.
  await changeConfig(gateway, OWN)
  assert.equal(pinOf(await shownBy(gateway)), pinOf(after))
})

test('a certificate that is lost or damaged is made again with the same key', async (context) => {
  const gateway = await openGateway(context, { config: OWN })
  const before = publicKeyOf(await shownBy(gateway))
  for (const spoil of [rmSync, (path: string) => writeFileSync(path, '-----BEGIN', { mode: 0o600 })]) {
    await gateway.stop()
    spoil(certificateFile(gateway))
    await gateway.restart()
    assert.equal(publicKeyOf(await shownBy(gateway)), before)
  }
})

test('a key that is damaged or open to others keeps the gateway from starting', async (context) => {
  const gateway = await openGateway(context, { config: OWN })
  const key = readFileSync(keyFile(gateway))
  await gateway.stop()
  writeFileSync(keyFile(gateway), 'junk', { mode: 0o600 })
  await assert.rejects(gateway.restart(), /tls\.key holds no private key on the curve P-256/)
  rmSync(keyFile(gateway))
  writeFileSync(keyFile(gateway), key, { mode: 0o644 })
  await assert.rejects(gateway.restart(), /Other users of this machine may open .*tls\.key/)
})

test('a disk that takes no new certificate keeps the one before, and says so', async (context) => {
  const gateway = await openGateway(context, { config: OWN })
  const before = await shownBy(gateway)
  // A directory in the place of the draft is what root cannot write either.
  const draft = `${certificateFile(gateway)}.tmp`
  mkdirSync(draft)
  await changeConfig(gateway, { ...OWN, allowedHosts: ['new.example'] })
  assert.equal((await shownBy(gateway)).fingerprint256, before.fingerprint256)
  assert.match((await reportOf(gateway)).problem ?? '', /Cannot write .*tls\.crt/)
  assert.match(loggedAt(gateway, 'error').join(), /the one before is kept/)
})

test('its own certificate is TLS enough to listen beyond this machine', async (context) => {
  const gateway = await openGateway(context, { config: { ...OWN, bind: 'lan' } })
  assert.deepEqual(gateway.running.warnings, [])
  await shownBy(gateway)
})

test('it is renewed with its key a month before it runs out', async (context) => {
  const dir = temporaryDir(context)
  const paths = { tlsKey: join(dir, 'tls.key'), tlsCertificate: join(dir, 'tls.crt') }
  let wallMs = Date.parse('2030-01-01T00:00:00Z')
  const own = createOwnCertificate({
    paths,
    names: () => ({ dns: ['localhost'], ip: ['127.0.0.1'] }),
    allowedHosts: () => [],
    wallMs: () => wallMs,
  })
  const first = await own.open()
  assert.equal(first.notAfterMs, wallMs + 3_650 * DAY_MS)
  wallMs = first.notAfterMs - 31 * DAY_MS
  assert.equal(own.isDue(first), false)
  assert.equal((await own.open()).fingerprint, first.fingerprint)
  wallMs = first.notAfterMs - 29 * DAY_MS
  assert.equal(own.isDue(first), true)

  const second = await own.renew(first)
  assert.equal(own.isDue(second), false)
  assert.equal(second.keyFingerprint, first.keyFingerprint)
  assert.equal((await own.open()).fingerprint, second.fingerprint)
  const { publicKey } = new X509Certificate(second.cert)
  assert.ok(publicKey.equals(createPublicKey(first.key)))
})
