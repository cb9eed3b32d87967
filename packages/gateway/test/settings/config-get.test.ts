import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ConfigSnapshot } from '@pairgate/protocol/wire'
import { CONFIG_KEYS } from '../../src/config/config-schema.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import { rewriteConfig, writeConfigText } from './rewrite-config.ts'

const REDACTED = '__OPENCLAW_REDACTED__'
const SECRETS = { token: 'the-shared-token', password: 'the-shared-password' }
const gateway = await openGateway(
  { after },
  {
    config: { auth: SECRETS, remote: { token: 'a-remote-token' }, trustedProxies: ['192.0.2.1'] },
    env: { OPENCLAW_HANDSHAKE_TIMEOUT_MS: '20000' },
  },
)

test('config.get tells a reader what the file says and what the gateway runs with, without a secret', async () => {
  const { client } = await pair(gateway, { scopes: ['operator.read'] })
  const snapshot = await client.call<ConfigSnapshot>('config.get')

  assert.deepEqual(Object.keys(snapshot), [
    ...['path', 'exists', 'raw', 'parsed', 'sourceConfig', 'resolved', 'valid', 'runtimeConfig', 'config'],
    ...['hash', 'issues', 'warnings', 'legacyIssues'],
  ])
  const { parsed, config, exists, valid, issues, raw } = snapshot
  assert.deepEqual([exists, valid, issues, raw], [true, true, [], null])
  const auth = { token: REDACTED, password: REDACTED }
  assert.deepEqual(parsed, {
    gateway: {
      auth,
      remote: { token: REDACTED },
      trustedProxies: ['192.0.2.1'],
      limits: { pendingPerPeer: 100_000, failuresPerPeer: 100_000, failuresInAll: 1_000_000 },
    },
  })
  const { gateway: running } = config as { gateway: Record<string, Record<string, unknown>> }
  assert.deepEqual(running['auth'], { mode: 'pairing', ...auth, sharedSecret: 'on' })
  assert.equal(running['limits']?.['handshakeMs'], 20_000)
  assert.doesNotMatch(JSON.stringify(snapshot), /the-shared|a-remote-token/)
})

test('config.get tells our own clients where each value comes from', async () => {
  const owner = await gateway.owner()
  const { settings = [] } = await owner.call<ConfigSnapshot>('config.get')
  const of = (wanted: string) => settings.find(({ key }) => key === wanted)

  assert.deepEqual(
    settings.map(({ key }) => key),
    CONFIG_KEYS,
  )
  const { fingerprint } = of('gateway.auth.token') ?? {}
  assert.match(fingerprint ?? '', /^[0-9a-f]{8}$/)
  assert.notEqual(fingerprint, of('gateway.auth.password')?.fingerprint)
  assert.deepEqual(of('gateway.auth.token'), {
    key: 'gateway.auth.token',
    value: REDACTED,
    fingerprint,
    source: 'file',
    applies: 'live',
  })
  const { source, by } = of('gateway.port') ?? {}
  assert.deepEqual([source, by], ['flag', '--port'])
  const handshake = of('gateway.limits.handshakeMs') ?? {}
  assert.deepEqual(handshake, { ...handshake, source: 'env', by: 'OPENCLAW_HANDSHAKE_TIMEOUT_MS' })
  assert.deepEqual(of('gateway.bind'), {
    key: 'gateway.bind',
    value: 'loopback',
    source: 'default',
    applies: 'restart',
  })
})

test('config.get sees a file that has changed, and goes on telling what the gateway runs with', async (t) => {
  const own = await openGateway(t, { config: { auth: SECRETS } })
  const owner = await own.owner()
  const first = await owner.call<ConfigSnapshot>('config.get')
  rewriteConfig(own, { auth: SECRETS, allowPlaintext: true, limits: { handshakeMs: 9_000 } })
  const second = await owner.call<ConfigSnapshot>('config.get')
  assert.notEqual(second.hash, first.hash)
  assert.deepEqual(second.config, first.config)
  const waiting = second.settings?.flatMap(({ key, pending }) => (pending ? [[key, pending]] : []))
  assert.deepEqual(waiting, [
    ['gateway.allowPlaintext', 'restart'],
    ['gateway.limits.handshakeMs', 'reload'],
  ])

  writeConfigText(own, '{ gateway: { auth: { token: 5 } } }')
  const third = await owner.call<ConfigSnapshot>('config.get')
  assert.equal(third.valid, false)
  assert.deepEqual(
    third.issues.map(({ path }) => path),
    ['gateway.auth.token'],
  )
  assert.deepEqual(third.config, first.config)
})

test('config.get is for operators who may read', async () => {
  const { client } = await pair(gateway, { scopes: ['operator.approvals'] })
  assert.equal((await client.fail('config.get')).message, 'missing scope: operator.read')
  const node = await pair(gateway, { role: 'node' })
  assert.equal((await node.client.fail('config.get')).message, 'unauthorized role: node')
})

test('config.get shows nothing of a value that stands in the wrong line', async (t) => {
  const own = await openGateway(t)
  const { client } = await pair(own, { scopes: ['operator.read'] })
  rewriteConfig(own, {
    auth: { mode: 'hunter2-mode' },
    remote: { url: 'wss://bob:hunter2-url@gateway.example/' },
    tls: { key: '-----BEGIN PRIVATE KEY-----hunter2-key' },
    controlUi: { allowedOrigins: ['https://a:hunter2-origin@page.example'] },
  })
  const snapshot = await client.call<ConfigSnapshot>('config.get')
  assert.equal(snapshot.valid, false)
  assert.deepEqual(snapshot.issues.map(({ path }) => path).sort(), [
    'gateway.auth.mode',
    'gateway.controlUi.allowedOrigins',
    'gateway.remote.url',
    'gateway.tls.key',
  ])
  assert.doesNotMatch(JSON.stringify(snapshot), /hunter2/)
})
