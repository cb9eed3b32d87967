import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { days, type TlsPin } from '@pairgate/protocol'
import { makeCertificate } from '../tls/make-certificate.ts'
import { keyPinOf } from '../tls/tls-material.ts'
import { judgeAddress } from './judge-address.ts'

const LIVE = JSON.stringify({ ok: true, status: 'live' })
const timeoutMs = 15_000

async function serve(context: TestContext, server: Server, scheme: string): Promise<string> {
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function judge(url: string, options: Partial<Parameters<typeof judgeAddress>[1]> = {}) {
  const findings = await judgeAddress(url, { nowMs: Date.now(), timeoutMs, ...options })
  return Object.fromEntries(findings.map(({ check, level, what }) => [check, `${level}: ${what}`]))
}

test('an address is judged by who answers there, within its time', async (context) => {
  const gateway = await serve(
    context,
    createPlain((_, answer) => answer.end(LIVE)),
    'http',
  )
  assert.match((await judge(gateway))['address'] ?? '', /^ok: /)
  const late = await judge(gateway, { nowMs: Date.now() - 300_000 })
  assert.match(late['clock'] ?? '', /^fail: This clock is (299|30\d) s behind/)

  const other = await serve(
    context,
    createPlain((_, answer) => answer.end('<html>')),
    'http',
  )
  assert.match((await judge(other))['address'] ?? '', /^fail: .*no gateway answers \(HTTP 200\)/)
  const silent = await serve(context, createPlain(), 'http')
  assert.match((await judge(silent, { timeoutMs: 300 }))['address'] ?? '', /^fail: .*no answer in time/)
  const endless = createPlain((_, answer) => void setInterval(() => answer.write('x'), 10).unref())
  assert.match(
    (await judge(await serve(context, endless, 'http'), { timeoutMs: 300 }))['address'] ?? '',
    /^fail/,
  )
  assert.match((await judge('http://127.0.0.1:1'))['address'] ?? '', /^fail: .*nobody listens there/)
  assert.match((await judge('https://nowhere.invalid'))['address'] ?? '', /^fail: .*its name is not found/)
})

test('a certificate is judged by its pin, its trust and its end', async (context) => {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cert = await makeCertificate({ key, names: { dns: [], ip: ['127.0.0.1'] }, nowMs: Date.now() })
  const pem = key.export({ format: 'pem', type: 'pkcs8' })
  const url = await serve(
    context,
    createSecure({ cert, key: pem }, (_, answer) => answer.end(LIVE)),
    'https',
  )
  const { fingerprint256, publicKey } = new X509Certificate(cert)
  const whole = fingerprint256.replaceAll(':', '').toLowerCase() as TlsPin

  assert.match((await judge(url))['tls'] ?? '', /^warn: This machine does not trust/)
  assert.match((await judge(url, { own: whole }))['tls'] ?? '', /^ok: It is the one that is pinned/)
  assert.match((await judge(url, { pins: [keyPinOf(publicKey)] }))['tls'] ?? '', /^ok: /)
  const foreign = await judge(url, { own: whole, pins: ['0'.repeat(64) as TlsPin] })
  assert.match(foreign['tls'] ?? '', /^fail: .*another certificate than the pinned one/)
  const soon = await judge(url, { own: whole, nowMs: Date.now() + days(3_645) })
  assert.match(soon['tls'] ?? '', /^warn: .*runs out on/)
  assert.match(
    (await judge(url, { own: whole, nowMs: Date.now() + days(3_660) }))['tls'] ?? '',
    /^fail: .*has run out/,
  )
})
