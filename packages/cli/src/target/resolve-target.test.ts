import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Named, resolveTarget, type TargetFacts } from './resolve-target.ts'

const nothing: Named = { url: undefined, token: undefined, password: undefined }
const facts: TargetFacts = {
  flags: nothing,
  env: nothing,
  remote: undefined,
  localUrl: 'ws://127.0.0.1:18789',
  socketPath: '/state/gateway.sock',
  localKeyPath: '/state/secrets/local.key',
}
const flag = { ...nothing, url: 'wss://flag' }
const env = { ...nothing, url: 'wss://env', token: 'env-token' }
const remote = { ...nothing, url: 'wss://remote', token: 'config-token' }

test('the address on the command line beats the environment, which beats the config, which beats this host', () => {
  assert.equal(resolveTarget({ ...facts, flags: flag, env, remote }).url, 'wss://flag')
  assert.equal(resolveTarget({ ...facts, env, remote }).url, 'wss://env')
  assert.equal(resolveTarget({ ...facts, remote }).url, 'wss://remote')
  assert.deepEqual(resolveTarget(facts), {
    kind: 'owner',
    url: 'ws://127.0.0.1:18789',
    source: 'local owner socket',
    socketPath: '/state/gateway.sock',
    localKeyPath: '/state/secrets/local.key',
  })
})

test('an address on the command line gets no credential of the environment or the config', () => {
  const target = resolveTarget({ ...facts, flags: flag, env, remote })
  assert.deepEqual(target, { kind: 'url', url: 'wss://flag', source: 'cli --url', secret: undefined })
})

test('an address on the command line gets the credential beside it', () => {
  const target = resolveTarget({ ...facts, flags: { ...flag, token: 'mine' }, env, remote })
  assert.deepEqual(target.kind === 'url' && target.secret, { token: 'mine', password: undefined })
})

test('an address of the environment gets the credential of the environment and never that of the config', () => {
  const target = resolveTarget({ ...facts, env, remote })
  assert.deepEqual(target.kind === 'url' && target.secret, { token: 'env-token', password: undefined })
  const bare = resolveTarget({ ...facts, env: { ...nothing, url: 'wss://env' }, remote })
  assert.equal(bare.kind === 'url' && bare.secret, undefined)
})

test('an address of the config gets the nearest credential', () => {
  const token = (target: ReturnType<typeof resolveTarget>) => target.kind === 'url' && target.secret?.token
  const envSecret = { ...nothing, token: 'env-token' }
  assert.equal(token(resolveTarget({ ...facts, remote })), 'config-token')
  assert.equal(token(resolveTarget({ ...facts, env: envSecret, remote })), 'env-token')
  assert.equal(
    token(resolveTarget({ ...facts, flags: { ...nothing, token: 'mine' }, env: envSecret, remote })),
    'mine',
  )
})

test('a secret on the command line goes to this host by its address, and one of the environment does not', () => {
  const named = resolveTarget({ ...facts, flags: { ...nothing, password: 'pw' } })
  assert.deepEqual(named, {
    kind: 'url',
    url: 'ws://127.0.0.1:18789',
    source: 'local loopback',
    secret: { token: undefined, password: 'pw' },
  })
  assert.equal(resolveTarget({ ...facts, env: { ...nothing, token: 'ambient' } }).kind, 'owner')
})

test('a blank secret is none', () => {
  const target = resolveTarget({ ...facts, flags: { ...flag, token: '', password: '' } })
  assert.equal(target.kind === 'url' && target.secret, undefined)
})
