import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ConfigError } from '../../src/config/config-error.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { eventually } from '../harness/within.ts'
import { type CertificateFiles, writeCertificate } from '../house/certificate.ts'
import { temporaryDir } from '../house/temporary-dir.ts'
import { reload } from '../settings/rewrite-config.ts'
import { loggedAt, metricOf, pinOf, reportOf, shownBy } from './tls-of-gateway.ts'

const AUTH = { token: 'the-shared-token' }
const CLI = { client: { id: 'cli', mode: 'cli' }, auth: AUTH }
const DAY_MS = 86_400_000
const inDays = (n: number) => new Date(Date.now() + n * DAY_MS)

/** A gateway on a pair of files, and another pair to put in their place. */
async function open(context: TestContext, notAfter?: Date) {
  const dir = temporaryDir(context)
  const used = writeCertificate(dir, 'used', { notAfter })
  const next = writeCertificate(dir, 'next')
  const first = readFileSync(used.cert, 'utf8')
  const gateway = await openGateway(context, { config: { auth: AUTH, tls: used } })
  const put = (from: CertificateFiles, ...which: ('cert' | 'key')[]) => {
    for (const each of which) copyFileSync(from[each], used[each])
  }
  return { dir, used, next, first, gateway, put }
}

test('a new pair of files is shown to the next handshake, and a connection that stands goes on', async (context) => {
  const { gateway, next, first, put } = await open(context)
  const standing = gateway.open({ ca: first })
  await standing.hello(CLI)
  const before = await shownBy(gateway)

  put(next, 'cert', 'key')
  await reload(gateway)

  const after = await shownBy(gateway)
  assert.notEqual(after.fingerprint256, before.fingerprint256)
  await standing.call('health')
  await gateway.open({ ca: readFileSync(next.cert, 'utf8') }).hello(CLI)
  await assert.rejects(gateway.open({ ca: first }).challenge)
  const report = await reportOf(gateway)
  assert.equal(report.fingerprint, pinOf(after))
  assert.equal(report.mode, 'files')
  assert.equal(report.problem, undefined)
  assert.equal(await metricOf(gateway, 'pairgate_tls_not_after_seconds'), report.notAfterMs / 1_000)
})

test('nobody has to tell the gateway: it looks at the files by itself', async (context) => {
  const { gateway, next, put } = await open(context)
  put(next, 'cert', 'key')
  const isNew = () => gateway.logged.some((line) => line.includes('a new TLS certificate is in use'))
  await eventually(isNew, 'the new certificate in use', 30_000)
})

test('files that cannot be used keep the certificate before, and log, status and metrics say so', async (context) => {
  const { dir, gateway, used, next, put } = await open(context)
  const before = await shownBy(gateway)
  const spoiled = writeCertificate(dir, 'spoiled', { notAfter: inDays(-1) })
  const whole = readFileSync(next.cert, 'utf8')
  const chain = (text: string) => {
    put(next, 'key')
    writeFileSync(used.cert, text)
  }
  const table: readonly (readonly [string, () => void, RegExp])[] = [
    ['only the certificate is there', () => put(next, 'cert'), /tls\.key.*is not the key of the certificate/],
    [
      'half of it',
      () => writeFileSync(used.cert, whole.slice(0, 200)),
      /tls\.cert.*holds no PEM certificate/,
    ],
    ['one that has run out', () => put(spoiled, 'cert', 'key'), /has run out/],
    ['a chain that breaks off', () => chain(whole + whole.slice(0, 200)), /holds a certificate chain/],
    ['no key', () => rmSync(used.key), /tls\.key.*cannot be read \(ENOENT\)/],
  ]
  for (const [name, spoil, problem] of table) {
    spoil()
    await reload(gateway)
    assert.equal((await shownBy(gateway)).fingerprint256, before.fingerprint256, name)
    const report = await reportOf(gateway)
    assert.match(report.problem ?? '', problem, name)
    assert.equal(report.fingerprint, pinOf(before), name)
    assert.equal(await metricOf(gateway, 'pairgate_tls_replacement_failing'), 1, name)
    assert.ok(
      loggedAt(gateway, 'error').some((line) => problem.test(JSON.parse(line).problem ?? '')),
      name,
    )
  }

  put(next, 'cert', 'key')
  await reload(gateway)
  assert.notEqual((await shownBy(gateway)).fingerprint256, before.fingerprint256)
  assert.equal((await reportOf(gateway)).problem, undefined)
  assert.equal(await metricOf(gateway, 'pairgate_tls_replacement_failing'), 0)
})

test('what is wrong is logged once, however often the gateway looks', async (context) => {
  const { gateway, next, put } = await open(context)
  put(next, 'cert')
  await reload(gateway)
  await reload(gateway)
  assert.equal(loggedAt(gateway, 'error').length, 1)
})

test('a certificate is warned of in its last week, and complained of when it has run out', async (context) => {
  const fresh = await open(context, inDays(8))
  const old = await open(context, inDays(6))
  const over = await open(context, inDays(-1))
  assert.deepEqual(loggedAt(fresh.gateway, 'warn'), [])
  assert.match(loggedAt(old.gateway, 'warn').join(), /runs out in less than a week/)
  assert.match(loggedAt(over.gateway, 'error').join(), /has run out/)
  await reload(old.gateway)
  assert.equal(loggedAt(old.gateway, 'warn').length, 1, 'not with every look')
})

test('a start with files that are missing, no PEM, or of two pairs is refused by name', async (context) => {
  const dir = temporaryDir(context)
  const one = writeCertificate(dir, 'one')
  const two = writeCertificate(dir, 'two')
  const junk = join(dir, 'junk')
  writeFileSync(junk, 'junk')
  const table = [
    [{ ...one, cert: join(dir, 'none') }, join(dir, 'none')],
    [{ ...one, cert: junk }, junk],
    [{ ...one, key: junk }, junk],
    [{ ...one, key: dir }, dir],
    [{ ...one, key: two.key }, two.key],
  ] as const
  for (const [tls, file] of table) {
    await assert.rejects(
      openGateway(context, { config: { tls } }),
      (error) => error instanceof ConfigError && error.message.includes(file),
    )
  }
})
