import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isLoopbackHost, parseHost } from './host-header.ts'
import { createHostRule, isAllowedHost } from './host-rule.ts'

const rule = createHostRule(
  {
    allowedHosts: ['Gateway.Example', 'my_box'],
    controlUi: { allowedOrigins: ['https://console.example:8443', 'chrome-extension://abcdef'] },
  },
  ['workbench', 'workbench.local'],
)

const isAllowed = (text: string | undefined, by = rule) => isAllowedHost(parseHost(text ?? ''), by)

test('loopback names, IP addresses, configured names and the machine itself are answered', () => {
  const hosts = [
    'localhost',
    'LOCALHOST:18789',
    '127.0.0.1:18789',
    '127.8.9.10',
    '[::1]:18789',
    '[::ffff:127.0.0.1]',
    '192.168.1.20:18789',
    '[2001:db8::1]',
    'gateway.example',
    'GATEWAY.example:443',
    'my_box:18789',
    'console.example',
    'workbench',
    'workbench.local:18789',
  ]
  for (const host of hosts) assert.ok(isAllowed(host), host)
})

test('names that only look like ours are not answered', () => {
  const hosts = [
    undefined,
    '',
    'evil.com',
    '127.evil.com',
    '127.0.0.1.evil',
    '127.0.0.1.nip.io',
    'localhost.evil',
    'localhost.',
    'localhost.:18789',
    '127.0.0.1.',
    'evil.localhost',
    'notgateway.example',
    'gateway.example.evil.com',
    'gateway.example.',
    'xworkbench.local',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '127.1',
    '0177.0.0.1',
    '127.0.0.01',
    '0.0.0.0:18789',
    '[::]:18789',
    '::1',
    '[::1',
    '[127.0.0.1]',
    '[::1%lo]',
    'user@localhost',
    'localhost@evil.com',
    'localhost:18789@evil.com',
    'localhost:',
    'localhost:0',
    'localhost:080',
    'localhost:65536',
    'localhost:18789:18789',
    'localhost/',
    'localhost?',
    'localhost#',
    'localhost\\evil',
    'localhost evil',
    ' localhost',
    'localhost\t',
    'localhost, evil.com',
    'xn--lclhst-bua',
    'ｌocalhost',
    'console.example:8443:1',
  ]
  for (const host of hosts) assert.ok(!isAllowed(host), String(host))
})

test('a host without names of its own answers to loopback and addresses only', () => {
  const bare = createHostRule({ allowedHosts: [], controlUi: { allowedOrigins: [] } }, [''])
  assert.ok(isAllowed('localhost', bare))
  assert.ok(!isAllowed('', bare))
  assert.ok(!isAllowed('workbench', bare))
})

test('a name that URL parsers take for a number is no name, configured or not', () => {
  for (const text of [
    '0x7f.1',
    '0x7f000001',
    '0X7F.1',
    '2130706433',
    '127.1',
    '1.2.3',
    'gw.0x1',
    'gw.1:80',
  ]) {
    assert.equal(parseHost(text), undefined, text)
  }
  for (const text of ['0x7g', '1password', 'gw1', '1.gw']) assert.ok(parseHost(text), text)
})

test('any text can stand in the Host header, and only real loopback texts are loopback', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.domain(),
    fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true, withUserInfo: true }),
    fc.stringMatching(/^(localhost|127|::1|\[|\]|\.|:|@|0x7f|%|\d)*$/),
  )
  fc.assert(
    fc.property(texts, (text) => {
      isAllowed(text)
      const host = parseHost(text)
      if (!host || !isLoopbackHost(host)) return
      const name = text.toLowerCase().replace(/:\d+$/, '')
      assert.match(name, /^(localhost|127\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/)
    }),
    { numRuns: 2_000 },
  )
})

test('a random domain is never answered', () => {
  fc.assert(
    fc.property(fc.domain(), (domain) => {
      assert.ok(
        !isAllowed(domain, createHostRule({ allowedHosts: [], controlUi: { allowedOrigins: [] } }, [])),
      )
    }),
  )
})
