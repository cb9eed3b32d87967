import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import { checkExposure, exposureWarnings, type Machine, resolveBind } from './bind-address.ts'
import { ConfigError } from './config-error.ts'
import type { AuthMode, BindMode } from './gateway-config.ts'

const machine: Machine = {
  inContainer: false,
  interfaces: {
    lo: [{ address: '127.0.0.1' }, { address: '::1' }],
    eth0: [{ address: '192.168.1.20' }, { address: 'fe80::1' }],
    tailscale0: [{ address: '100.100.1.2' }, { address: 'fd7a:115c:a1e0::5' }],
  },
}
const withoutIpv6: Machine = {
  inContainer: false,
  interfaces: { lo: [{ address: '127.0.0.1' }], gone: undefined },
}

function hosts(bind: BindMode, on = machine, customBindHost?: string) {
  return resolveBind({ bind, customBindHost }, on)
}

test('each bind mode has its addresses', () => {
  assert.deepEqual(hosts('loopback'), { hosts: ['127.0.0.1', '::1'], isLoopback: true })
  assert.deepEqual(hosts('auto'), { hosts: ['127.0.0.1', '::1'], isLoopback: true })
  assert.deepEqual(hosts('lan'), { hosts: ['0.0.0.0'], isLoopback: false })
  assert.deepEqual(hosts('tailnet'), {
    hosts: ['127.0.0.1', '::1', '100.100.1.2', 'fd7a:115c:a1e0::5'],
    isLoopback: false,
  })
  assert.deepEqual(hosts('custom', machine, '192.168.1.20'), { hosts: ['192.168.1.20'], isLoopback: false })
  assert.deepEqual(hosts('custom', machine, '127.0.0.2'), { hosts: ['127.0.0.2'], isLoopback: true })
  assert.deepEqual(hosts('custom', machine, '::'), { hosts: ['::'], isLoopback: false })
})

test('a machine without IPv6 listens on IPv4 alone', () => {
  assert.deepEqual(hosts('loopback', withoutIpv6).hosts, ['127.0.0.1'])
})

test('"auto" in a container listens on all addresses, and so has to be protected', () => {
  assert.deepEqual(hosts('auto', { ...machine, inContainer: true }), {
    hosts: ['0.0.0.0'],
    isLoopback: false,
  })
})

test('a bind mode whose address is missing says so', () => {
  assert.throws(() => hosts('tailnet', withoutIpv6), ConfigError)
  assert.throws(() => hosts('custom'), /gateway\.customBindHost/)
})

const LOOPBACK = { hosts: ['127.0.0.1'], isLoopback: true }
const DATES = { observe: 10 as Instant, warn: 20 as Instant, enforce: 30 as Instant }
const LAN = { hosts: ['0.0.0.0'], isLoopback: false }

function exposure(
  mode: AuthMode,
  bind: typeof LAN,
  ways: { tls?: boolean | 'auto'; proxy?: boolean; plaintext?: boolean; dated?: boolean } = {},
  now = 0,
) {
  const config = {
    auth: {
      mode,
      token: undefined,
      password: undefined,
      sharedSecret: 'on' as const,
      leaveNone: ways.dated ? DATES : undefined,
    },
    tls: ways.tls === true ? { cert: 'c', key: 'k' } : ways.tls || undefined,
    trustedProxies: ways.proxy ? ['10.0.0.5'] : [],
    allowPlaintext: ways.plaintext ?? false,
  }
  return { error: checkExposure(config, bind), warnings: exposureWarnings(config, bind, now as Instant) }
}

test('beyond the loopback one of the three protections is needed, in every mode with authentication', () => {
  for (const mode of ['pairing', 'token', 'password'] as const) {
    assert.equal(exposure(mode, LOOPBACK).error, undefined)
    assert.ok(exposure(mode, LAN).error instanceof ConfigError)
    for (const way of ['tls', 'proxy', 'plaintext']) {
      assert.equal(exposure(mode, LAN, { [way]: true }).error, undefined, `${mode} ${way}`)
    }
    assert.equal(exposure(mode, LAN, { tls: 'auto' }).error, undefined, mode)
  }
})

test('the refusal says what an attacker could do and names all three ways out', () => {
  const message = exposure('pairing', LAN).error?.message ?? ''
  for (const part of [
    'read every token',
    'gateway.tls.enabled',
    'gateway.tls.cert',
    'gateway.trustedProxies',
    'gateway.allowPlaintext',
  ]) {
    assert.ok(message.includes(part), message)
  }
})

test('mode "none" starts on the loopback alone, whatever protects the way', () => {
  assert.equal(exposure('none', LOOPBACK).error, undefined)
  for (const ways of [
    {},
    { tls: true },
    { proxy: true },
    { plaintext: true },
    { tls: true, plaintext: true },
  ]) {
    assert.ok(exposure('none', LAN, ways).error instanceof ConfigError)
  }
  assert.ok(exposure('none', LOOPBACK, { proxy: true }).error instanceof ConfigError)
})

test('mode none lets a proxy bring others in only where an end is set (T40)', () => {
  for (const bind of [LOOPBACK, LAN]) {
    assert.match(
      exposure('none', bind, { proxy: true }).error?.message ?? '',
      /say until when: openclaw config set/,
    )
    assert.equal(exposure('none', bind, { proxy: true, dated: true }).error, undefined)
  }
  assert.ok(exposure('none', LAN, { dated: true, tls: true }).error instanceof ConfigError)
})

test('mode "none" says at each start how far its way out has got', () => {
  const said = (now: number) => exposure('none', LOOPBACK, { dated: true }, now).warnings.join()
  assert.match(exposure('none', LOOPBACK).warnings.join(), /openclaw config set gateway.auth.leaveNone/)
  assert.match(said(9), /may act as the owner until 1970-01-01T00:00:00\.010Z/)
  assert.match(said(10), /let in without a pairing until .*030Z.*openclaw migrate status/)
  assert.match(said(30), /only paired devices get in/)
})

test('what is allowed and dangerous is said at the start', () => {
  assert.equal(exposure('pairing', LOOPBACK).warnings.length, 0)
  assert.match(exposure('none', LOOPBACK).warnings.join(), /"none"/)
  assert.match(exposure('pairing', LAN, { plaintext: true }).warnings.join(), /without TLS/)
  assert.equal(exposure('pairing', LAN, { plaintext: true, tls: true }).warnings.length, 0)
})
