import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import type { TestHooks } from '../harness/gateway-of-test.ts'
import { within } from '../harness/within.ts'
import { type CertificateFiles, writeCertificate } from '../house/certificate.ts'
import { rawRequest, upgradeLines } from '../house/raw-request.ts'
import { temporaryDir } from '../house/temporary-dir.ts'
import { openProxy } from './proxy-world.ts'

const dir = temporaryDir({ after })
const good = writeCertificate(dir, 'good')
const named = writeCertificate(dir, 'named', { dnsName: 'inner.example' })
const old = writeCertificate(dir, 'old', { notAfter: new Date('2021-01-01T00:00:00Z') })

/** A server behind TLS, which notes the names that it was called by. */
async function openTlsUpstream(hooks: TestHooks, { cert, key }: CertificateFiles) {
  const calledBy: unknown[] = []
  const connections = new Set<string>()
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    calledBy.push((request.socket as TLSSocket).servername)
    connections.add(String(request.socket.remotePort))
    response.end('fine')
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  hooks.after(async () => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, calledBy, connections }
}

const ROUTES = {
  '/app': { auth: 'public', websocket: true },
}
interface Case {
  readonly certificate: CertificateFiles
  readonly host?: string
  readonly tls?: object
}
async function open(hooks: TestHooks, { certificate, host = 'localhost', tls }: Case) {
  const upstream = await openTlsUpstream(hooks, certificate)
  const target = `https://${host}:${upstream.port}`
  const shared = { ...ROUTES['/app'], target, ...(tls && { tls }) }
  const world = await openProxy(hooks, [
    { ...shared, match: { path: '/app' } },
    { ...shared, match: { host: 'app.example' } },
  ])
  const askUpgrade = () =>
    rawRequest(
      { host: '127.0.0.1', port: world.port },
      upgradeLines(
        {
          Host: `127.0.0.1:${world.port}`,
          'Sec-WebSocket-Version': '13',
          'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        },
        '/app',
      ),
    )
  return { ...world, ...upstream, port: world.port, askUpgrade }
}

const GOOD: Readonly<Record<string, Case>> = {
  'of an authority of its own, by its name': { certificate: good, tls: { ca: good.cert } },
  'of an authority of its own, by its address': {
    certificate: good,
    host: '127.0.0.1',
    tls: { ca: good.cert },
  },
  'for another name that the settings say': {
    certificate: named,
    host: '127.0.0.1',
    tls: { ca: named.cert, serverName: 'inner.example' },
  },
}
const BAD: Readonly<Record<string, Case & { readonly code: string }>> = {
  'that nobody vouches for': { certificate: good, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  'of another authority': {
    certificate: good,
    tls: { ca: named.cert },
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
  'for another name': {
    certificate: named,
    tls: { ca: named.cert },
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  'for another name than the settings say': {
    certificate: good,
    tls: { ca: good.cert, serverName: 'inner.example' },
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  'for a name and not for the address': {
    certificate: named,
    host: '127.0.0.1',
    tls: { ca: named.cert },
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  'that has run out': { certificate: old, tls: { ca: old.cert }, code: 'CERT_HAS_EXPIRED' },
}

describe('an upstream behind TLS', () => {
  for (const [what, given] of Object.entries(GOOD)) {
    test(`is reached with a certificate ${what}, by requests and WebSockets`, async (context) => {
      const world = await open(context, given)
      assert.equal((await world.ask('/app')).body, 'fine')
      const socket = new WebSocket(`ws://127.0.0.1:${world.port}/app`)
      context.after(() => socket.terminate())
      const heard = new Promise<string>((resolve, reject) => {
        socket.once('open', () => socket.send('over and back')).once('error', reject)
        socket.once('message', (data) => resolve(String(data)))
      })
      assert.equal(await within(heard, () => 'the echo'), 'over and back')
    })
  }
  for (const [what, { code, ...given }] of Object.entries(BAD)) {
    test(`is not asked when it shows a certificate ${what}; the log says so once`, async (context) => {
      const world = await open(context, given)
      for (let n = 0; n < 2; n += 1) {
        const { status, body } = await world.ask('/app')
        assert.deepEqual([status, JSON.parse(body).error.code], [502, 'UPSTREAM_UNTRUSTED'])
      }
      const answer = await world.askUpgrade()
      assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [502, 'UPSTREAM_UNTRUSTED'])
      assert.deepEqual(world.calledBy, [])
      const lines = world.gateway.logged
        .filter((line) => line.includes('upstream'))
        .map((line) => JSON.parse(line))
      assert.deepEqual(
        lines.map(({ msg, code: said }) => [msg, said]),
        [['the certificate of an upstream is not accepted', code]],
      )
    })
  }
  test('is called by the name of the settings, whatever host its clients name', async (context) => {
    const world = await open(context, { certificate: good, tls: { ca: good.cert } })
    for (const host of ['app.example', `127.0.0.1:${world.port}`, 'app.example'])
      assert.equal((await world.ask('/app', { headers: { host } })).status, 200)
    assert.deepEqual(world.calledBy, ['localhost', 'localhost', 'localhost'])
  })
  test('that speaks no TLS at all is told with 502', async (context) => {
    const world = await openProxy(context, [{ match: { path: '/plain' }, auth: 'public' }])
    const { port } = new URL(world.upstream.target)
    const other = await openProxy(context, [
      { match: { path: '/app' }, auth: 'public', target: `https://127.0.0.1:${port}` },
    ])
    const { status, body } = await other.ask('/app')
    assert.deepEqual([status, JSON.parse(body).error.code], [502, 'UPSTREAM_UNREACHABLE'])
  })
  test('has its authority in a file of certificates, or the gateway does not start', async (context) => {
    const entry = { match: { path: '/app' }, auth: 'public', target: 'https://localhost:1' }
    const wrong = join(dir, 'wrong.pem')
    writeFileSync(wrong, 'no certificate')
    for (const [ca, why] of [
      [
        join(dir, 'none.pem'),
        /tls\.ca of the upstream https:\/\/localhost:1, .*none\.pem, cannot be read \(ENOENT\)/,
      ],
      [wrong, /tls\.ca of the upstream https:\/\/localhost:1, .*wrong\.pem, holds no certificate/],
    ] as const)
      await assert.rejects(openProxy(context, [{ ...entry, tls: { ca } }]), why)
  })
})
