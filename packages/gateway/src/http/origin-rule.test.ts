import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeOrigin, type OriginFacts } from './origin-rule.ts'

const local: OriginFacts = {
  allowedOrigins: ['https://console.example', 'https://console.example:8443', 'chrome-extension://abcdefgh'],
  host: '127.0.0.1:18789',
  scheme: 'http',
}

function allowed(origin: string | undefined, facts: Partial<OriginFacts> = {}): boolean {
  return judgeOrigin(origin, { ...local, ...facts }).allowed
}

test('a client without an origin is no browser and passes', () => {
  assert.ok(allowed(undefined))
  assert.ok(allowed(undefined, { clientId: 'cli' }))
})

test('a client that is a web page must have an origin', () => {
  for (const clientId of ['openclaw-control-ui', 'webchat-ui', 'webchat']) {
    const verdict = judgeOrigin(undefined, { ...local, clientId })
    assert.deepEqual(verdict, { allowed: false, reason: 'origin missing or invalid' })
  }
})

test('listed origins and our own console pass', () => {
  for (const origin of [...local.allowedOrigins, 'http://127.0.0.1:18789']) assert.ok(allowed(origin), origin)
  assert.ok(allowed('http://localhost:18789', { host: 'LocalHost:18789' }))
  assert.ok(allowed('http://[::1]:18789', { host: '[::1]:18789' }))
  assert.ok(allowed('https://192.168.1.9:18789', { host: '192.168.1.9:18789', scheme: 'https' }))
  assert.ok(allowed('https://gw.example', { host: 'gw.example', scheme: 'https' }))
  assert.ok(allowed('https://gw.example', { host: 'gw.example:443', scheme: 'https' }))
})

test('lookalikes, other ports, other schemes and opaque origins are refused', () => {
  const origins = [
    '',
    'null',
    '*',
    'undefined',
    'https://evil.com',
    'http://127.evil.com:18789',
    'http://127.0.0.1.evil:18789',
    'http://127.0.0.1',
    'http://127.0.0.1:18790',
    'http://127.0.0.1:187890',
    'http://127.0.0.1:18789.evil.com',
    'http://127.0.0.1:18789@evil.com',
    'http://evil.com@127.0.0.1:18789',
    'http://evil.com#127.0.0.1:18789',
    'http://evil.com/127.0.0.1:18789',
    'http://127.0.0.1:18789/',
    'http://127.0.0.1.:18789',
    'http://127.0.0.1:18789, http://evil.com',
    'http://0x7f.1:18789',
    'http://0.0.0.0:18789',
    'http://localhost:18789',
    'http://localhost.evil:18789',
    'https://127.0.0.1:18789',
    'ws://127.0.0.1:18789',
    'file://',
    'file:///etc/passwd',
    'https://console.example.evil.com',
    'https://evilconsole.example',
    'http://console.example',
    'https://console.example:443',
    'https://console.example:8444',
    'https://CONSOLE.example',
    'https://console.example/',
    'chrome-extension://abcdefghi',
    'chrome-extension://other',
  ]
  for (const origin of origins) assert.ok(!allowed(origin), origin)
})

test('a foreign origin is told apart from one that is none', () => {
  assert.deepEqual(judgeOrigin('https://evil.com', local), { allowed: false, reason: 'origin not allowed' })
  assert.deepEqual(judgeOrigin('null', local), { allowed: false, reason: 'origin missing or invalid' })
})

test('without a word from the proxy about the scheme, either may be our own', () => {
  const behind = { host: 'gw.example', scheme: undefined }
  assert.ok(allowed('https://gw.example', behind))
  assert.ok(allowed('http://gw.example', behind))
  assert.ok(!allowed('https://gw.example:8443', behind))
})

test('no origin equals a missing or unreadable host', () => {
  for (const host of [undefined, '', 'a b']) assert.ok(!allowed('http://a', { host }))
})

test('an origin of any other host is refused, whatever it looks like', () => {
  const origins = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.webAuthority({ withUserInfo: true, withPort: true, withIPv4: true }).map((host) => `http://${host}`),
    fc
      .string()
      .map((tail) => `http://127.0.0.1:18789${tail}`)
      .filter((text) => text !== 'http://127.0.0.1:18789'),
    fc.string({ minLength: 1 }).map((head) => `${head}http://127.0.0.1:18789`),
  )
  fc.assert(
    fc.property(origins, (origin) => {
      assert.ok(origin === 'http://127.0.0.1:18789' || !allowed(origin, { allowedOrigins: [] }), origin)
    }),
    { numRuns: 2_000 },
  )
})
