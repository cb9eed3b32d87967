import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialledOrigins } from './dialled-origins.ts'

const nothing = { hostRule: { configured: new Set<string>() }, allowedOrigins: [] }

test('the Host header says under which name the gateway was dialled, the scheme how', () => {
  const origins = (host: string, scheme: 'http' | 'https' | undefined) => [
    ...dialledOrigins({ host, scheme }, nothing),
  ]
  assert.deepEqual(origins('Gateway.example', 'https'), ['wss://gateway.example'])
  assert.deepEqual(origins('gateway.example:443', 'https'), ['wss://gateway.example'])
  assert.deepEqual(origins('127.0.0.1:18789', 'http'), ['ws://127.0.0.1:18789', 'wss://127.0.0.1:18789'])
  assert.deepEqual(origins('[::1]:18789', 'http'), ['ws://[::1]:18789', 'wss://[::1]:18789'])
  // A default port that somebody wrote out is the default of one scheme only.
  assert.deepEqual(origins('gateway.example:80', undefined), [
    'ws://gateway.example',
    'wss://gateway.example:80',
  ])
})

test('behind a proxy that writes its own Host, what the settings name counts as well', () => {
  const configured = new Set(['gateway.example', '', '2001:db8::1'])
  const rules = { hostRule: { configured }, allowedOrigins: ['https://pair.example:8443'] }
  assert.deepEqual(
    [...dialledOrigins({ host: '10.0.0.7:18789', scheme: 'https' }, rules)],
    ['wss://10.0.0.7:18789', 'wss://pair.example:8443', 'wss://gateway.example', 'wss://[2001:db8::1]'],
  )
})

test('a Host that cannot be read names nothing', () => {
  for (const host of [undefined, '', 'a b', 'user@host', 'host:0', '127.1'])
    assert.deepEqual([...dialledOrigins({ host, scheme: 'http' }, nothing)], [])
})
