import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createFileTokenStore, loadOrCreateFileKey } from '@pairgate/client'
import { chooseWay } from './choose-way.ts'
import type { LocalFiles } from './read-target-facts.ts'
import type { Target } from './resolve-target.ts'

const stateDir = mkdtempSync(join(tmpdir(), 'pairgate-cli-'))
after(() => rm(stateDir, { recursive: true }))

const bare: LocalFiles = {
  stateDir,
  configFile: join(stateDir, 'pairgate.json'),
  deviceKey: join(stateDir, 'none.pem'),
  deviceTokens: join(stateDir, 'none.json'),
  localKey: join(stateDir, 'local.key'),
  tlsCertificate: join(stateDir, 'tls.crt'),
  ownerSocket: join(stateDir, 'gateway.sock'),
}
const paired: LocalFiles = {
  ...bare,
  deviceKey: join(stateDir, 'device.pem'),
  deviceTokens: join(stateDir, 'tokens.json'),
}
const key = await loadOrCreateFileKey(paired.deviceKey)
const token = { token: 'stored', scopes: ['operator.read'] }
await createFileTokenStore(paired.deviceTokens).save('wss://gate.example', key.deviceId, 'operator', token)

const method = 'device.pair.list'
const secret = { token: 't', password: undefined }
const at = (url: string, brings?: typeof secret): Target => ({
  kind: 'url',
  url,
  source: 'cli --url',
  secret: brings,
})
const owner: Target = {
  kind: 'owner',
  url: 'ws://127.0.0.1:18789',
  source: 'local owner socket',
  socketPath: bare.ownerSocket,
  localKeyPath: bare.localKey,
}

test('on the host without an address the command is the owner', async () => {
  assert.equal((await chooseWay(owner, { files: paired, method })).kind, 'owner')
})

test('a secret goes alone to this machine', async () => {
  const way = await chooseWay(at('ws://127.0.0.1:1', secret), { files: paired, method })
  assert.equal(way.kind, 'secret')
})

test('to another machine a secret goes with the device, if there is one', async () => {
  const known = await chooseWay(at('wss://gate.example', secret), { files: paired, method })
  assert.ok(known.kind === 'device' && known.isPaired && known.secret)
  const unknown = await chooseWay(at('wss://other.example', secret), { files: paired, method })
  assert.ok(unknown.kind === 'device' && !unknown.isPaired)
  assert.equal((await chooseWay(at('wss://gate.example', secret), { files: bare, method })).kind, 'secret')
})

test('without a secret only a token that exactly this gateway gave will do', async () => {
  const way = await chooseWay(at('wss://gate.example/ws'), { files: paired, method })
  assert.ok(way.kind === 'device' && way.isPaired)
  for (const url of ['wss://other.example', 'wss://gate.example:8443', 'ws://gate.example']) {
    await assert.rejects(chooseWay(at(url), { files: paired, method }), {
      message: 'gateway url override requires explicit credentials',
    })
  }
})

test('an address of the environment or the config says what else would do', async () => {
  const named = (source: 'env OPENCLAW_GATEWAY_URL' | 'config gateway.remote.url') =>
    chooseWay({ kind: 'url', url: 'wss://x.example', source, secret: undefined }, { files: bare, method })
  await assert.rejects(named('env OPENCLAW_GATEWAY_URL'), (error: { next: string[] }) =>
    error.next.some((line) => line.includes('config credentials are intentionally not reused')),
  )
  await assert.rejects(named('config gateway.remote.url'), {
    message: 'gateway device.pair.list requires credentials before opening a websocket',
  })
})

test('a node is always a device', async () => {
  await assert.rejects(chooseWay(owner, { files: paired, method, role: 'node' }), /requires credentials/)
  await assert.rejects(
    chooseWay(at('ws://127.0.0.1:1', secret), { files: bare, method, role: 'node' }),
    /credentials/,
  )
})

test('looking around leaves no device key behind', async () => {
  await chooseWay(at('wss://gate.example', secret), { files: bare, method })
  const { existsSync } = await import('node:fs')
  assert.ok(!existsSync(bare.deviceKey))
})
