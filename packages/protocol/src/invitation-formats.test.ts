import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { encodeBase64Url } from './base64url.ts'
import { parseGatewayUrl, socketUrl } from './gateway-url.ts'
import { formatInvitationSecret } from './invitation-secret.ts'
import { readInvitationText } from './invitation-text.ts'
import { formatJoinLink, joinCodeOf, parseJoinCode, parseJoinLink } from './join-link.ts'
import { formatPairLink, parsePairLink } from './pair-link.ts'
import { formatSetupCode, parseSetupCode, parseSetupPayload, type SetupPayload } from './setup-code.ts'
import { parseTlsPin, type TlsPin } from './tls-pin.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const secrets = bytes(32).map(formatInvitationSecret)
const hosts = fc.oneof(
  fc.domain().map((name) => name.toLowerCase()),
  fc.ipV4(),
  fc.constantFrom('[::1]', '[2001:db8::7]', 'localhost', 'nas', 'gw.tail-1234.ts.net'),
)
const ports = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined })
const prefixes = fc.constantFrom('', '/gw', '/a/b-c', '/team_1/~x')
const addresses = fc
  .record({ secure: fc.boolean(), host: hosts, port: ports, prefix: prefixes })
  .map(({ secure, host, port, prefix }) => {
    const isStandard = port === (secure ? 443 : 80)
    return `${secure ? 'wss' : 'ws'}://${host}${port === undefined || isStandard ? '' : `:${port}`}${prefix}`
  })
const pins = fc.option(
  bytes(32).map((bits) => Buffer.from(bits).toString('hex') as TlsPin),
  { nil: undefined },
)
const HEX = 'ab'.repeat(32)

describe('the address of a gateway', () => {
  test('reads back as it was written, whatever host, port and prefix', () => {
    fc.assert(
      fc.property(addresses, (url) => {
        const address = parseGatewayUrl(url)
        assert.equal(address && socketUrl(address), url)
      }),
    )
  })
  test('is the same with http, with the port of its scheme and in capitals', () => {
    for (const text of ['https://gw.example', 'wss://gw.example:443/', 'HTTPS://GW.Example:443'])
      assert.deepEqual(parseGatewayUrl(text), { secure: true, authority: 'gw.example', prefix: '' })
    assert.equal(parseGatewayUrl('http://gw.example:443')?.authority, 'gw.example:443')
  })
  test('holds no user, query, fragment, dot segments or anything that a parser would repair', () => {
    for (const text of [
      'ws://user@gw.example',
      'ws://gw.example?x=1',
      'ws://gw.example#x',
      'ws://gw.example/../x',
      'ws://gw.example/a/./b',
      'ws://gw.example//x',
      'ws://gw.example\\x',
      'ws:gw.example',
      'ws://gw example',
      'ws://gw.example:0',
      'ws://gw.example:65536',
      'ws://',
      'ftp://gw.example',
      'ws://gw.example/%2e%2e',
      'ws://gw.ex\u0430mple',
      `ws://${'a'.repeat(600)}`,
      'not a url',
    ])
      assert.equal(parseGatewayUrl(text), undefined, text)
  })
})

describe('a pair link', () => {
  test('reads back as it was written, with and without a pin', () => {
    fc.assert(
      fc.property(addresses, secrets, pins, (url, secret, pin) => {
        const link = { url, secret, ...(pin && { tlsFingerprint: pin }) }
        assert.deepEqual(parsePairLink(formatPairLink(link)), link)
      }),
    )
  })
  test('keeps its secret in the fragment and is short enough for a small QR code', () => {
    const secret = formatInvitationSecret(new Uint8Array(32))
    const link = formatPairLink({ url: 'wss://gw.example:8443/x', secret })
    assert.equal(link, `https://gw.example:8443/x/__pairgate__/pair#${secret}`)
    assert.ok(!new URL(link).pathname.includes('pgi_'))
    assert.ok(formatPairLink({ url: 'ws://192.168.178.200:18789', secret }).length <= 106)
  })
  test('with anything added, missing or changed is none', () => {
    const secret = formatInvitationSecret(new Uint8Array(32))
    const link = formatPairLink({ url: 'wss://gw.example', secret })
    for (const text of [
      `${link}&`,
      `${link}&tls=`,
      `${link}&tls=${HEX}&tls=${HEX}`,
      `${link}&x=${HEX}`,
      `${link}#`,
      `${link}x`,
      link.replace('#', '?'),
      link.replace('pair#', 'pair/#'),
      link.replace('https', 'wss'),
      link.slice(0, -1),
      link.replace('gw.example', 'a@gw.example'),
    ])
      assert.equal(parsePairLink(text), undefined, text)
  })
})

const payloads: fc.Arbitrary<SetupPayload> = fc
  .record({
    urls: fc.array(addresses, { minLength: 1, maxLength: 8 }),
    bootstrapToken: fc.oneof(secrets, bytes(32).map(encodeBase64Url)),
    expiresAtMs: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
    tlsFingerprint: pins,
  })
  .map(({ urls, bootstrapToken, expiresAtMs, tlsFingerprint }) => ({
    url: urls[0] ?? '',
    ...(urls.length > 1 && { urls }),
    bootstrapToken,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...(tlsFingerprint && { tlsFingerprint }),
  }))

describe('a setup code', () => {
  test('reads back as it was written, bare and as a link of any case', () => {
    fc.assert(
      fc.property(payloads, fc.constantFrom('', 'oc-pair://', 'OC-Pair://'), (payload, scheme) => {
        assert.deepEqual(parseSetupCode(scheme + formatSetupCode(payload)), payload)
      }),
    )
  })
  test('that OpenClaw made is read too', () => {
    const recorded =
      'eyJ1cmwiOiJ3czovLzE5Mi4xNjguMS4yMDoxODc4OSIsImJvb3RzdHJhcFRva2VuIjoiUkdnb3NLazZtaG5rd3BZVHhRVG9Qd3ByQlZDWDBJV2tZUmM0M1hxbGd2QSIsImV4cGlyZXNBdE1zIjoxNzk1MjkxMTc4MDE4fQ'
    assert.deepEqual(parseSetupCode(recorded), {
      url: 'ws://192.168.1.20:18789',
      bootstrapToken: 'RGgosKk6mhnkwpYTxQToPwprBVCX0IWkYRc43XqlgvA',
      expiresAtMs: 1_795_291_178_018,
    })
    assert.equal(readInvitationText(` oc-pair://${recorded}\n`)?.kind, 'setup-code')
  })
  test('with a field more, a wrong type or a foreign address is none', () => {
    const good = { url: 'ws://gw.example', bootstrapToken: 'a'.repeat(43) }
    assert.ok(parseSetupPayload(JSON.stringify(good)))
    for (const wrong of [
      { ...good, more: 1 },
      { ...good, url: 'http://gw.example' },
      { ...good, url: 'javascript:alert(1)' },
      { ...good, url: 7 },
      { url: good.url },
      { ...good, bootstrapToken: 'short' },
      { ...good, bootstrapToken: 'has spaces in it' },
      { ...good, bootstrapToken: 'a'.repeat(257) },
      { ...good, urls: [good.url] },
      { ...good, urls: Array.from({ length: 9 }, () => good.url) },
      { ...good, urls: [good.url, 'nope'] },
      { ...good, urls: 'ws://a' },
      { ...good, expiresAtMs: -1 },
      { ...good, expiresAtMs: 1.5 },
      { ...good, expiresAtMs: '1' },
      { ...good, tlsFingerprint: 'abc' },
      { ...good, tlsFingerprint: 1 },
      [good],
      null,
    ])
      assert.equal(parseSetupPayload(JSON.stringify(wrong)), undefined, JSON.stringify(wrong))
    for (const text of ['', '{', '"x"', `${JSON.stringify(good)} x`])
      assert.equal(parseSetupPayload(text), undefined)
  })
  test('never makes the parser throw, whatever stands in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseSetupCode(text) === undefined))
    fc.assert(
      fc.property(fc.jsonValue(), (said) => {
        parseSetupPayload(JSON.stringify(said))
      }),
    )
    assert.equal(parseSetupCode('A'.repeat(9_000)), undefined)
  })
})

describe('a join link', () => {
  test('reads back as it was written, and its code has one spelling', () => {
    fc.assert(
      fc.property(addresses, bytes(16).map(joinCodeOf), (url, code) => {
        const link = formatJoinLink(url, code)
        assert.equal(parseJoinLink(link), link)
        assert.equal(parseJoinCode(code), code)
        const other =
          code.slice(0, -1) + (code.endsWith('A') ? 'B' : String.fromCharCode(code.charCodeAt(21) + 1))
        assert.equal(parseJoinCode(other), undefined)
      }),
    )
  })
  test('with a query, a fragment or another length is none', () => {
    const link = formatJoinLink('wss://gw.example', joinCodeOf(new Uint8Array(16)))
    assert.equal(link, 'https://gw.example/j/AAAAAAAAAAAAAAAAAAAAAA')
    for (const text of [
      `${link}?x=1`,
      `${link}#x`,
      `${link}A`,
      link.slice(0, -1),
      link.replace('https', 'wss'),
    ])
      assert.equal(parseJoinLink(text), undefined, text)
  })
})

test('a pin is read as tools print it', () => {
  for (const text of [HEX, HEX.toUpperCase(), `sha256:${HEX}`, `SHA-256=${HEX.match(/../g)?.join(':')}`])
    assert.equal(parseTlsPin(text), HEX)
  for (const text of ['', HEX.slice(1), `${HEX}00`, 'zz'.repeat(32)])
    assert.equal(parseTlsPin(text), undefined)
})

test('what somebody was given is told apart by its look alone', () => {
  const secret = formatInvitationSecret(new Uint8Array(32).fill(7))
  const url = 'ws://127.0.0.1:18789'
  const kinds = [
    '482 913',
    ` ${secret}\n`,
    formatPairLink({ url, secret }),
    formatSetupCode({ url, bootstrapToken: secret }),
    formatJoinLink(url, joinCodeOf(new Uint8Array(16))),
    'wss://gw.example',
    'hello',
    '',
  ].map((text) => readInvitationText(text)?.kind)
  assert.deepEqual(kinds, [
    'code',
    'secret',
    'link',
    'setup-code',
    'join-link',
    undefined,
    undefined,
    undefined,
  ])
})
