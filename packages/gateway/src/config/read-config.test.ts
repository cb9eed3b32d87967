import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Value } from 'typebox/value'
import { temporaryDir } from '../../test/house/temporary-dir.ts'
import { ConfigError } from './config-error.ts'
import { CONFIG_KEYS, configRow } from './config-schema.ts'
import { type ConfigFlags, loadConfig, readGatewayConfig, readRemoteConfig } from './read-config.ts'

const NO_FILE = '/nowhere/pairgate.json'

function fileWith(context: TestContext, text: string): string {
  const file = join(temporaryDir(context), 'pairgate.json')
  writeFileSync(file, text)
  return file
}

function errorOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message
  }
  return assert.fail('nothing was thrown')
}

function faultOf(flags: ConfigFlags): string {
  return errorOf(() => readGatewayConfig({ file: NO_FILE, env: {}, flags }))
}

test('every default is one of the allowed values, and every setting has words for people', () => {
  for (const key of CONFIG_KEYS) {
    const row = configRow(key)
    assert.ok(row.default === undefined || Value.Check(row.schema, row.default), key)
    assert.ok(row.description.endsWith('.') && row.allowed.length > 3, key)
  }
})

test('without file, environment and flags the defaults stand, complete and frozen', () => {
  const config = readGatewayConfig({ file: NO_FILE, env: {} })
  assert.deepEqual(config, {
    mode: 'local',
    port: 18_789,
    bind: 'loopback',
    customBindHost: undefined,
    allowPlaintext: false,
    auth: {
      mode: 'pairing',
      token: undefined,
      password: undefined,
      sharedSecret: 'on',
      leaveNone: undefined,
    },
    tls: undefined,
    trustedProxies: [],
    controlUi: { enabled: true, allowedOrigins: [] },
    allowedHosts: [],
    pairing: {
      approveLatest: 'strict',
      publicUrl: undefined,
      defaultSession: 'own',
      tokenTtlMs: undefined,
      idleTtlMs: undefined,
    },
    sessions: { keepMessages: 10_000 },
    database: { url: undefined },
    feed: { keepDays: 14, maxRows: 20_000 },
    limits: {
      unauthenticatedPerPeer: 32,
      unauthenticatedInAll: 1_024,
      handshakeMs: 15_000,
      pendingPerDevice: 4,
      pendingPerPeer: 10,
      pendingInAll: 1_000,
      failuresPerPeer: 10,
      failuresInAll: 300,
      failureWindowMs: 60_000,
      lockoutMs: 300_000,
      requestsPerSecond: 200,
    },
    upstreams: { port: 18_790, plainCookies: false, all: [], forwardAuth: [] },
    logging: { level: undefined },
  })
  for (const part of [config, config.auth, config.limits, config.trustedProxies])
    assert.ok(Object.isFrozen(part))
})

test('flags win over the environment, that over the file, that over the default', (context) => {
  const file = fileWith(
    context,
    '{ gateway: { port: 1111, /* JSON5 */ bind: "lan", allowPlaintext: true, }, }',
  )
  const env = { OPENCLAW_GATEWAY_PORT: '2222' }
  const { values, sources } = loadConfig({ file, env, flags: { 'gateway.port': '3333' } })
  assert.equal(values['gateway.port'], 3_333)
  assert.deepEqual(
    [sources['gateway.port'], sources['gateway.bind'], sources['gateway.mode']],
    ['flag', 'file', 'default'],
  )

  assert.equal(loadConfig({ file, env }).values['gateway.port'], 2_222)
  assert.equal(loadConfig({ file, env }).sources['gateway.port'], 'env')
  assert.equal(loadConfig({ file, env: {} }).values['gateway.port'], 1_111)
  assert.equal(loadConfig({ file: NO_FILE, env: {} }).values['gateway.port'], 18_789)
})

test('an empty variable counts as unset', () => {
  const { sources } = loadConfig({ file: NO_FILE, env: { OPENCLAW_GATEWAY_TOKEN: '' } })
  assert.equal(sources['gateway.auth.token'], 'default')
})

test('each variable sets its setting', () => {
  const env = {
    OPENCLAW_GATEWAY_PORT: '4000',
    OPENCLAW_GATEWAY_TOKEN: 'shared',
    OPENCLAW_GATEWAY_PASSWORD: 'word',
    OPENCLAW_HANDSHAKE_TIMEOUT_MS: '500',
  }
  const config = readGatewayConfig({ file: NO_FILE, env })
  assert.deepEqual(
    [config.port, config.auth.token, config.auth.password, config.limits.handshakeMs],
    [4_000, 'shared', 'word', 500],
  )
})

test('an unknown setting is an error that names it, the file and the nearest known one', (context) => {
  const table = [
    ['{ gateway: { prot: 1 } }', '"gateway.prot"', '"gateway.port"'],
    ['{ gateway: { auth: { tokn: "x" } } }', '"gateway.auth.tokn"', '"gateway.auth.token"'],
    ['{ gatway: { port: 1 } }', '"gatway"', '"gateway"'],
    ['{ gateway: { trustedProxy: [] } }', '"gateway.trustedProxy"', '"gateway.trustedProxies"'],
    [
      '{ gateway: { limits: { handshake: 1 } } }',
      '"gateway.limits.handshake"',
      '"gateway.limits.handshakeMs"',
    ],
    ['{ "gateway.port": 1 }', '"gateway.port"', 'Write it nested'],
  ] as const
  for (const [text, key, suggestion] of table) {
    const file = fileWith(context, text)
    const message = errorOf(() => readGatewayConfig({ file, env: {} }))
    for (const part of [key, file, suggestion]) assert.ok(message.includes(part), message)
  }
})

test('an unknown setting that resembles nothing gets no guess', (context) => {
  const file = fileWith(context, '{ plugins: { entries: {} } }')
  const message = errorOf(() => readGatewayConfig({ file, env: {} }))
  assert.ok(message.includes('"plugins"') && !message.includes('Did you mean'), message)
})

test('names that every object has are unknown settings too', (context) => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const file = fileWith(context, `{ gateway: { "${name}": { x: 1 } } }`)
    assert.ok(errorOf(() => readGatewayConfig({ file, env: {} })).includes(`"gateway.${name}"`))
  }
})

test('a wrong value is an error that names the setting, what was found and what is allowed', (context) => {
  const table = [
    ['{ gateway: { port: "18789" } }', ['"gateway.port"', '"18789"', '1 to 65535']],
    ['{ gateway: { port: 0.5 } }', ['0.5']],
    ['{ gateway: { port: 65536 } }', ['65536']],
    ['{ gateway: { port: null } }', ['null']],
    ['{ gateway: { bind: "everywhere" } }', ['"everywhere"', '"loopback"', '"custom"']],
    ['{ gateway: { allowPlaintext: "yes" } }', ['"yes"', 'true or false']],
    ['{ gateway: { trustedProxies: "10.0.0.1" } }', ['"10.0.0.1"', 'a list']],
    ['{ gateway: { limits: { pendingInAll: 0 } } }', ['is 0', 'from 1']],
    ['{ gateway: { limits: { pendingInAll: NaN } } }', ['is NaN', 'from 1']],
    ['{ gateway: { limits: { handshakeMs: Infinity } } }', ['is Infinity', 'from 1']],
    ['{ gateway: { limits: { handshakeMs: -1 } } }', ['is -1', 'from 1']],
    ['{ gateway: 5 }', ['"gateway"', 'object']],
    ['{ gateway: { auth: [] } }', ['"gateway.auth"', 'object']],
  ] as const
  for (const [text, parts] of table) {
    const file = fileWith(context, text)
    const message = errorOf(() => readGatewayConfig({ file, env: {} }))
    for (const part of [...parts, file]) assert.ok(message.includes(part), `${message} lacks ${part}`)
  }
})

test('an error never repeats a secret', (context) => {
  const file = fileWith(context, '{ gateway: { auth: { password: ["hunter2"], token: 12345678 } } }')
  const message = errorOf(() => readGatewayConfig({ file, env: {} }))
  assert.ok(!/hunter2|12345678/.test(message), message)
})

test('the address of a database is one of PostgreSQL, and no error repeats it', (context) => {
  const wrong = ['mysql://u:hunter2@db/name', 'u:hunter2@db', 'postgres://u:hunter2@db:99999/name']
  for (const url of wrong) {
    const file = fileWith(context, `{ gateway: { database: { url: "${url}" } } }`)
    for (const input of [
      { file, env: {} },
      { file: NO_FILE, env: { DATABASE_URL: url } },
    ]) {
      const message = errorOf(() => readGatewayConfig(input))
      assert.match(message, /gateway\.database\.url.* cannot be used\. Use the address of a PostgreSQL/)
      assert.doesNotMatch(message, /hunter2|99999/)
    }
  }
  for (const url of ['postgres://u:p@db/name', 'postgresql:///name?host=/run/postgresql']) {
    const { database } = readGatewayConfig({ file: NO_FILE, env: { DATABASE_URL: url } })
    assert.deepEqual(database, { url })
  }
})

test('a file that is no JSON5, no object or not readable is an error that names it', (context) => {
  for (const text of ['', '{', '[]', '"x"', 'null', '{ gateway: { port: } }']) {
    const file = fileWith(context, text)
    assert.ok(errorOf(() => readGatewayConfig({ file, env: {} })).includes(file))
  }
  const dir = temporaryDir(context)
  assert.ok(errorOf(() => readGatewayConfig({ file: dir, env: {} })).includes(dir))
})

test('wrong flags are answered in the words that scripts know', () => {
  assert.equal(
    faultOf({ 'gateway.bind': 'all' }),
    'Invalid --bind. Use "loopback", "lan", "tailnet", "auto", or "custom".',
  )
  assert.equal(
    faultOf({ 'gateway.port': 'x' }),
    'Invalid --port. Use a port number from 1 to 65535, for example 18789.',
  )
  assert.match(faultOf({ 'gateway.auth.mode': 'open' }), /^Invalid --auth\. Use /)
  assert.match(faultOf({ 'gateway.auth.token': '' }), /^Invalid --token\. Use /)
})

test('a mistake is found also where another place wins', (context) => {
  const file = fileWith(context, '{ gateway: { port: "x" } }')
  assert.ok(
    errorOf(() => readGatewayConfig({ file, env: {}, flags: { 'gateway.port': '1' } })).includes(file),
  )
})

test('lists of addresses, origins and hosts are checked entry by entry', () => {
  const wrong: readonly ConfigFlags[] = [
    { 'gateway.trustedProxies': ['10.0.0.1', 'proxy'] },
    { 'gateway.trustedProxies': ['0.0.0.0/0'] },
    { 'gateway.controlUi.allowedOrigins': ['*'] },
    { 'gateway.controlUi.allowedOrigins': ['null'] },
    { 'gateway.controlUi.allowedOrigins': ['https://console.example/'] },
    { 'gateway.controlUi.allowedOrigins': ['https://Console.example'] },
    { 'gateway.controlUi.allowedOrigins': ['https://console.example:443'] },
    { 'gateway.controlUi.allowedOrigins': ['https://u:p@console.example'] },
    { 'gateway.controlUi.allowedOrigins': ['console.example'] },
    { 'gateway.allowedHosts': ['https://gateway.example'] },
    { 'gateway.allowedHosts': ['gateway.example:8443'] },
    { 'gateway.allowedHosts': ['*.example'] },
    { 'gateway.customBindHost': 'localhost' },
    { 'gateway.customBindHost': '127.1' },
    { 'gateway.remote.url': 'gateway.example' },
    { 'gateway.remote.url': 'ftp://gateway.example' },
    { 'gateway.remote.url': 'wss://u:secret@gateway.example' },
  ]
  for (const flags of wrong) assert.ok(faultOf(flags).includes(' Use '), JSON.stringify(flags))
  const config = readGatewayConfig({
    file: NO_FILE,
    env: {},
    flags: {
      'gateway.trustedProxies': '10.0.0.5, 172.18.0.0/16',
      'gateway.controlUi.allowedOrigins': ['https://console.example:8443', 'chrome-extension://abcdef'],
      'gateway.allowedHosts': ['gateway.example', 'my_box'],
    },
  })
  assert.deepEqual(config.trustedProxies, ['10.0.0.5', '172.18.0.0/16'])
})

test('settings that contradict each other are refused', () => {
  assert.match(faultOf({ 'gateway.auth.mode': 'trusted-proxy' }), /not supported yet/)
  assert.match(faultOf({ 'gateway.auth.mode': 'password' }), /gateway\.auth\.password/)
  assert.match(faultOf({ 'gateway.auth.mode': 'token', 'gateway.auth.sharedSecret': 'off' }), /sharedSecret/)
  assert.match(faultOf({ 'gateway.tls.cert': 'a.pem' }), /gateway\.tls\.key/)
})

test('TLS is on with certificate files, with its own certificate where it is asked for, and off when told so', () => {
  const tlsOf = (flags: ConfigFlags) => readGatewayConfig({ file: NO_FILE, env: {}, flags }).tls
  const pair = { 'gateway.tls.cert': '/c.pem', 'gateway.tls.key': '/k.pem' }
  const files = { cert: '/c.pem', key: '/k.pem' }
  const none = { 'gateway.tls.autoGenerate': false }
  assert.equal(tlsOf({}), undefined)
  assert.equal(tlsOf(none), undefined)
  assert.deepEqual(tlsOf(pair), files)
  assert.equal(tlsOf({ 'gateway.tls.enabled': true }), 'auto')
  assert.deepEqual(tlsOf({ ...pair, ...none, 'gateway.tls.enabled': true }), files)
  assert.equal(tlsOf({ ...pair, 'gateway.tls.enabled': false }), undefined)
  assert.match(faultOf({ 'gateway.tls.enabled': true, ...none }), /gateway\.tls\.cert and gateway\.tls\.key/)
})

test('TLS paths are relative to the config file', (context) => {
  const file = fileWith(context, '{ gateway: { tls: { cert: "tls/cert.pem", key: "/etc/key.pem" } } }')
  const { tls } = readGatewayConfig({ file, env: {} })
  assert.deepEqual(tls, { cert: file.replace('pairgate.json', 'tls/cert.pem'), key: '/etc/key.pem' })
})

test('commands of this machine talk to its own gateway with its own secret', (context) => {
  const file = fileWith(
    context,
    '{ gateway: { port: 4000, auth: { token: "local" }, remote: { token: "far" } } }',
  )
  const remote = readRemoteConfig({ file, env: {} })
  assert.deepEqual(remote, {
    mode: 'local',
    url: undefined,
    urlSource: 'local loopback',
    token: 'local',
    password: undefined,
    tlsFingerprint: undefined,
    port: 4_000,
    tls: undefined,
  })
})

test('in remote mode the remote address and the remote secret are used', (context) => {
  const file = fileWith(
    context,
    '{ gateway: { mode: "remote", auth: { token: "local" }, remote: { url: "wss://far.example", token: "far" } } }',
  )
  const remote = readRemoteConfig({ file, env: {} })
  assert.deepEqual(
    [remote.url, remote.urlSource, remote.token],
    ['wss://far.example', 'config gateway.remote.url', 'far'],
  )
  assert.equal(readRemoteConfig({ file, env: { OPENCLAW_GATEWAY_TOKEN: 'env' } }).token, 'env')
})

test('a gateway named by flag or variable gets no configured secret', (context) => {
  const file = fileWith(context, '{ gateway: { auth: { token: "local" }, remote: { password: "far" } } }')
  const env = { OPENCLAW_GATEWAY_TOKEN: 'env' }
  const byFlag = readRemoteConfig({ file, env, flags: { url: 'wss://other.example' } })
  assert.deepEqual(
    [byFlag.url, byFlag.urlSource, byFlag.token, byFlag.password],
    ['wss://other.example', 'cli --url', undefined, undefined],
  )
  const byEnv = readRemoteConfig({ file, env: { ...env, OPENCLAW_GATEWAY_URL: 'wss://e.example' } })
  assert.deepEqual([byEnv.urlSource, byEnv.token], ['env OPENCLAW_GATEWAY_URL', undefined])
  const both = readRemoteConfig({ file, env, flags: { url: 'wss://other.example', token: 'said' } })
  assert.equal(both.token, 'said')
})

test('remote mode without an address says what to set', (context) => {
  const file = fileWith(context, '{ gateway: { mode: "remote" } }')
  assert.match(
    errorOf(() => readRemoteConfig({ file, env: {} })),
    /gateway\.remote\.url/,
  )
})
