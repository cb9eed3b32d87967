import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DevicePairList, TokenRow } from '@pairgate/protocol/wire'
import { type CONFIG, CONFIG_KEYS, type ConfigKey, configRow } from '../../src/config/config-schema.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { OpenOptions } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'
import { attempt, outcome } from '../limits/guess.ts'
import { changeConfig, reload, writeConfigText } from './rewrite-config.ts'

type LiveKey = {
  [K in ConfigKey]: (typeof CONFIG)[K]['applies'] extends 'live' ? K : never
}[ConfigKey]

/** One setting in use: what the file says below `gateway` from then on, and what tells that it counts. */
interface Probe {
  /** What the file says below `gateway.auth` before. */
  readonly auth?: Readonly<Record<string, unknown>>
  readonly settings: Readonly<Record<string, unknown>>
  /** Answers false under the defaults of these tests, and true under `settings`. */
  readonly counts: (gateway: GatewayOfTest, expected: boolean) => Promise<boolean>
}

const TOKEN = 'the-shared-token'
const AUTH = { token: TOKEN }

/** Whether an upgrade gets through, and is not refused by an HTTP answer. */
async function opens(gateway: GatewayOfTest, options: OpenOptions): Promise<boolean> {
  const client = gateway.open(options)
  const isOpen = await client.challenge.then(
    () => true,
    () => false,
  )
  if (isOpen) await client.end()
  return isOpen
}

/** How many of two sockets of this machine, open at once, get their challenge. */
async function openAtOnce(gateway: GatewayOfTest): Promise<number> {
  const clients = [gateway.open(), gateway.open()]
  const opened = await Promise.allSettled(clients.map(({ challenge }) => challenge))
  for (const { socket } of clients) socket.terminate()
  return opened.filter(({ status }) => status === 'fulfilled').length
}

/** What two requests come to: of one device for different scopes, or of two devices. */
async function askTwice(gateway: GatewayOfTest, sameDevice: boolean): Promise<string> {
  const device = makeDevice()
  await attempt(gateway, { device, scopes: ['operator.read'] })
  const second = sameDevice ? device : makeDevice()
  return outcome(gateway, { device: second, scopes: ['operator.approvals'] })
}

/** How long somebody has to wait who guessed wrong; 0 when he may go on. */
async function waitAfterGuess(gateway: GatewayOfTest): Promise<number> {
  await attempt(gateway, { auth: { token: 'wrong' } })
  const error = await attempt(gateway, { auth: { token: 'wrong' } })
  return error?.retryAfterMs ?? 0
}

/** The token of a device that was just approved without further words. */
async function freshToken(gateway: GatewayOfTest): Promise<TokenRow | undefined> {
  const { device } = await pair(gateway)
  const owner = await gateway.owner()
  const { paired } = await owner.call<DevicePairList>('device.pair.list')
  return paired.find(({ deviceId }) => deviceId === device.id)?.tokens[0]
}

/** Mode `none` with its dates, in days from now. */
function leaving(observe: number, warn: number, enforce: number) {
  const day = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString()
  return {
    ...AUTH,
    mode: 'none',
    leaveNone: { observe: day(observe), warn: day(warn), enforce: day(enforce) },
  }
}

/** What an unknown device gets that asks for everything. */
async function scopesOfStranger(gateway: GatewayOfTest): Promise<readonly string[]> {
  const { auth } = await gateway.open().hello({ device: makeDevice(), scopes: ['operator.admin'] })
  return auth.scopes
}

const authAs = (auth: Record<string, string>) => (gateway: GatewayOfTest) =>
  outcome(gateway, { auth }).then((came) => came === 'ok')

const PROBES: Readonly<Record<LiveKey, Probe>> = {
  'gateway.auth.token': { settings: { auth: { token: 'another' } }, counts: authAs({ token: 'another' }) },
  'gateway.auth.password': {
    settings: { auth: { ...AUTH, password: 'a-password' } },
    counts: authAs({ password: 'a-password' }),
  },
  'gateway.auth.sharedSecret': {
    settings: { auth: { ...AUTH, sharedSecret: 'off' } },
    counts: async (gateway) => (await outcome(gateway, { auth: AUTH })) !== 'ok',
  },
  'gateway.auth.leaveNone.observe': {
    auth: leaving(-3, 3, 6),
    settings: { auth: leaving(1, 3, 6) },
    counts: async (gateway) => (await scopesOfStranger(gateway)).includes('operator.admin'),
  },
  'gateway.auth.leaveNone.warn': {
    auth: leaving(-3, 3, 6),
    settings: { auth: leaving(-3, -1, 6) },
    counts: async (gateway) => {
      const { auth } = await gateway.open().hello({ device: makeDevice(), extended: true })
      return auth.unpaired?.stage === 'warn'
    },
  },
  'gateway.auth.leaveNone.enforce': {
    auth: leaving(-3, -2, 6),
    settings: { auth: leaving(-3, -2, -1) },
    counts: async (gateway) => (await outcome(gateway, { device: makeDevice() })) === 'PAIRING_REQUIRED',
  },
  'gateway.trustedProxies': {
    settings: { trustedProxies: ['127.0.0.1'] },
    counts: (gateway) => opens(gateway, { headers: { 'x-forwarded-for': '192.0.2.7' } }),
  },
  'gateway.controlUi.allowedOrigins': {
    settings: { controlUi: { allowedOrigins: ['https://console.example'] } },
    counts: (gateway) => opens(gateway, { headers: { origin: 'https://console.example' } }),
  },
  'gateway.allowedHosts': {
    settings: { allowedHosts: ['gateway.example'] },
    counts: (gateway) => opens(gateway, { headers: { host: 'gateway.example' } }),
  },
  'gateway.pairing.publicUrl': {
    settings: { pairing: { publicUrl: 'https://gateway.example' } },
    counts: async (gateway) => {
      const made = await (await gateway.owner()).call<{ link: string }>('device.pair.invite', {})
      return made.link.startsWith('https://gateway.example/')
    },
  },
  'gateway.pairing.defaultSession': {
    settings: { pairing: { defaultSession: 'main' } },
    counts: async (gateway) => (await freshToken(gateway))?.session === 'main',
  },
  'gateway.pairing.tokenTtl': {
    settings: { pairing: { tokenTtl: '30d' } },
    counts: async (gateway) => (await freshToken(gateway))?.expiresAtMs !== undefined,
  },
  'gateway.pairing.idleTtl': {
    settings: { pairing: { idleTtl: '30d' } },
    counts: async (gateway) => (await freshToken(gateway))?.idleExpiresAtMs !== undefined,
  },
  'gateway.sessions.keepMessages': {
    settings: { sessions: { keepMessages: 1 } },
    counts: async (gateway) => {
      const owner = await gateway.owner()
      for (const message of ['one', 'two'])
        await owner.call('chat.send', { message, idempotencyKey: crypto.randomUUID() })
      const { first, last } = await owner.call<{ first: number; last: number }>('chat.history')
      return first === last
    },
  },
  'gateway.limits.unauthenticatedPerPeer': {
    settings: { limits: { unauthenticatedPerPeer: 1 } },
    counts: async (gateway) => (await openAtOnce(gateway)) === 1,
  },
  'gateway.limits.unauthenticatedInAll': {
    settings: { limits: { unauthenticatedInAll: 1 } },
    counts: async (gateway) => (await openAtOnce(gateway)) === 1,
  },
  'gateway.limits.handshakeMs': {
    settings: { limits: { handshakeMs: 10 } },
    counts: async (gateway, expected) => {
      const silent = gateway.open()
      await silent.challenge
      if (!expected) return !silent.isOpen
      await within(silent.closed, () => 'the end of a silent socket')
      return true
    },
  },
  'gateway.limits.pendingPerDevice': {
    settings: { limits: { pendingPerDevice: 1 } },
    counts: async (gateway) => (await askTwice(gateway, true)) === 'TOO_MANY_PENDING',
  },
  'gateway.limits.pendingPerPeer': {
    settings: { limits: { pendingPerPeer: 1 } },
    counts: async (gateway) => (await askTwice(gateway, false)) === 'TOO_MANY_PENDING',
  },
  'gateway.limits.pendingInAll': {
    settings: { limits: { pendingInAll: 1 } },
    counts: async (gateway) => {
      // What an operator was shown makes no room for others.
      await (await gateway.owner()).call('device.pair.list')
      return (await askTwice(gateway, false)) === 'TOO_MANY_PENDING'
    },
  },
  'gateway.limits.failuresPerPeer': {
    settings: { limits: { failuresPerPeer: 1 } },
    counts: async (gateway) => (await waitAfterGuess(gateway)) > 0,
  },
  'gateway.limits.failuresInAll': {
    settings: { limits: { failuresInAll: 1 } },
    counts: async (gateway) => (await waitAfterGuess(gateway)) > 0,
  },
  'gateway.limits.failureWindowMs': {
    settings: { limits: { failuresInAll: 1, failureWindowMs: 80_000_000 } },
    counts: async (gateway) => (await waitAfterGuess(gateway)) > 70_000_000,
  },
  'gateway.limits.lockoutMs': {
    settings: { limits: { failuresPerPeer: 1, lockoutMs: 80_000_000 } },
    counts: async (gateway) => (await waitAfterGuess(gateway)) > 70_000_000,
  },
  'gateway.limits.requestsPerSecond': {
    settings: { limits: { requestsPerSecond: 1 } },
    counts: async (gateway) => {
      const owner = await gateway.owner()
      const answers = await Promise.all(Array.from({ length: 20 }, () => owner.request('health')))
      return answers.some(({ ok }) => !ok)
    },
  },
  'logging.level': {
    settings: { logging: { level: 'warn' } },
    counts: async (gateway) => {
      const lines = gateway.logged.length
      // The log has a line of weight "info" about it.
      await opens(gateway, { headers: { host: 'elsewhere.example' } })
      return gateway.logged.length === lines
    },
  },
}

describe('a setting that changes live', () => {
  test('has a probe here, and no other has', () => {
    const live = CONFIG_KEYS.filter((key) => configRow(key).applies === 'live')
    assert.deepEqual(Object.keys(PROBES).sort(), [...live].sort())
  })

  for (const [key, { auth, settings, counts }] of Object.entries(PROBES)) {
    test(`counts from the answer on: ${key}`, async (t) => {
      // So much patience that a test sees its end only when it was shortened.
      const config = { auth: { ...AUTH, ...auth }, limits: { handshakeMs: 600_000 } }
      const gateway = await openGateway(t, { config })
      assert.equal(await counts(gateway, false), false, 'before')
      const report = await changeConfig(gateway, { auth: AUTH, ...settings })
      assert.ok(report.ok)
      assert.ok(report.applied.includes(key))
      assert.deepEqual(report.needsRestart, [])
      assert.equal(await counts(gateway, true), true, 'after')
    })
  }
})

describe('a setting that needs a restart', () => {
  test('is told until then, and changes nothing before', async (t) => {
    const gateway = await openGateway(t, { config: { auth: AUTH } })
    const changed = {
      auth: { mode: 'token', token: TOKEN },
      allowPlaintext: true,
      limits: { handshakeMs: 20_000 },
    }
    const first = await changeConfig(gateway, changed)
    const needsRestart = ['gateway.allowPlaintext', 'gateway.auth.mode']
    assert.deepEqual(first, {
      ok: true,
      applied: ['gateway.limits.handshakeMs'],
      needsRestart,
      overridden: [],
    })
    assert.deepEqual(await reload(gateway), { ok: true, applied: [], needsRestart, overridden: [] })
    assert.equal(await outcome(gateway, { device: makeDevice() }), 'PAIRING_REQUIRED')

    await gateway.restart()
    assert.deepEqual(await reload(gateway), { ok: true, applied: [], needsRestart: [], overridden: [] })
    assert.equal(await outcome(gateway, { device: makeDevice() }), 'AUTH_TOKEN_MISSING')
  })

  test('keeps back a live one that cannot be had without it', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { mode: 'token', token: TOKEN } } })
    const session = gateway.open()
    await session.hello({ client: { id: 'cli', mode: 'cli' }, auth: AUTH })
    // Mode "token" without a shared secret lets nobody in, and the mode stays until the restart.
    const report = await changeConfig(gateway, { auth: { token: TOKEN, sharedSecret: 'off' } })

    const needsRestart = ['gateway.auth.mode', 'gateway.auth.sharedSecret']
    assert.deepEqual(report, { ok: true, applied: [], needsRestart, overridden: [] })
    await session.call('health')
  })
})

describe('a file that cannot be used changes nothing and says why', () => {
  const BAD: Readonly<Record<string, RegExp>> = {
    '{ gateway: { auth: { token: "new-secret" } }': /is no JSON5: invalid end of input at 1:45/,
    '{ gateway: { auth: { token: "new-secret" }, prot: 1 } }':
      /Unknown setting "gateway\.prot".*gateway\.port/,
    '{ gateway: { auth: { token: "new-secret" }, port: "x" } }': /"gateway\.port" in .* is "x"/,
    '{ gateway: { auth: { token: "new-secret", mode: "password" } } }': /there is none/,
    '{ gateway: { auth: { token: "new-secret" }, bind: "lan" } }':
      /Refusing to listen on 0\.0\.0\.0 without TLS/,
  }
  for (const [text, problem] of Object.entries(BAD)) {
    test(text, async (t) => {
      const gateway = await openGateway(t, { config: { auth: AUTH } })
      const session = gateway.open()
      await session.hello({ client: { id: 'cli', mode: 'cli' }, auth: AUTH })
      writeConfigText(gateway, text)
      const report = await reload(gateway)

      assert.ok(!report.ok)
      assert.match(report.problem, problem)
      assert.ok(gateway.logged.some((line) => problem.test(JSON.parse(line).problem ?? '')))
      assert.equal(await outcome(gateway, { auth: { token: 'new-secret' } }), 'AUTH_TOKEN_MISMATCH')
      await session.call('health')
      assert.doesNotMatch(gateway.logged.join(), /new-secret|the-shared-token/)
    })
  }
})

test('the order to read the file again is for admins who speak our protocol', async (t) => {
  const gateway = await openGateway(t, { config: { auth: AUTH } })
  const plain = gateway.open()
  const us = { client: { id: 'cli', mode: 'cli' }, auth: AUTH }
  await plain.hello({ ...us, scopes: ['operator.admin'] })
  assert.equal((await plain.fail('config.reload')).message, 'unknown method: config.reload')

  const reader = gateway.open()
  await reader.hello({ ...us, scopes: ['operator.read'], extended: true })
  const { message } = await within(reader.fail('config.reload'), () => 'a refusal')
  assert.equal(message, 'missing scope: operator.admin')
})
