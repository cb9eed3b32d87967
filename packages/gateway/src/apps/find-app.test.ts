import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readUpstreams } from '../config/read-upstream.ts'
import { createRoutes } from '../proxy/find-upstream.ts'
import { createAppStates } from './app-states.ts'
import { createFindApp } from './find-app.ts'

const target = 'http://127.0.0.1:3000'
const upstreams = readUpstreams([
  { match: { host: 'app.example' }, target, scope: 'operator.read' },
  { match: { host: 'open.example' }, target, auth: 'public' },
  { match: { path: '/one' }, target, scope: 'operator.read' },
])
const findApp = createFindApp({
  routes: createRoutes(upstreams),
  rules: { hostRule: { configured: new Set(['gate.example']), machineNames: new Set() } },
})

describe('the address to which a browser goes back (T07, T08)', () => {
  test('is one of an app behind the gateway', () => {
    const good = {
      'https://app.example/': 'app.example',
      'http://app.example:8443/x?y=//evil.example': 'app.example',
      'https://gate.example:18790/one/x': '/one',
      'https://192.0.2.7/one': '/one',
      'https://[2001:db8::1]:18790/one/': '/one',
    }
    for (const [address, route] of Object.entries(good))
      assert.equal(findApp(address)?.upstream.route, route, address)
  })

  test('is nothing else, however it is spelled', () => {
    const bad = [
      '',
      '/',
      '//evil.example',
      '\\\\evil.example',
      '/\\evil.example',
      'https:app.example/',
      'https:/app.example/',
      'https:///app.example/',
      'https://app.example',
      'https://evil.example/',
      'https://evil.example/one',
      'https://app.example.evil.example/',
      'https://app.example@evil.example/',
      'https://evil.example@app.example/',
      'https://user:pass@app.example/',
      'https://app.example\\@evil.example/',
      'https://evil.example#@app.example/',
      'https://evil.example?@app.example/',
      'https://app.example:443/',
      'http://app.example:80/',
      'https://app.example:0/',
      'https://app.example:65536/',
      'https://app.example:08443/',
      'https://app.example:/',
      'https://APP.example/',
      'HTTPS://app.example/',
      'https://app.example./',
      'https://app.example%2eevil/',
      'https://%61pp.example/',
      'https://аpp.example/',
      'https://app。example/',
      'https://app.example\u0000/',
      'https://app.example\t/',
      ' https://app.example/',
      'https://app.example/ ',
      'https://app.example/\r\nSet-Cookie: a=b',
      'javascript:alert(1)//https://app.example/',
      'data:text/html,https://app.example/',
      'ftp://app.example/',
      'wss://app.example/',
      'https://app.example//evil.example',
      'https://app.example/\\evil.example',
      'https://app.example/../x',
      'https://app.example/%2e%2e/x',
      'https://app.example/x#y',
      'https://app.example/__pairgate__/enter',
      'https://app.example/__pairgate__/start?return=/',
      `https://app.example/?t=pgc_${'A'.repeat(43)}`,
      'https://open.example/',
      'https://gate.example/',
      'https://gate.example/onetwo',
      'https://127.0.0.1.evil.example/one',
      'https://0x7f.1/one',
      'https://2130706433/one',
      'https://0.0.0.0/one',
      'https://[::ffff:0.0.0.0]/one',
      'https://unknown.local/one',
    ]
    for (const address of bad) assert.equal(findApp(address), undefined, address)
  })

  test('is never one that a browser reads as another host', () => {
    const piece = fc.constantFrom(
      ...[
        'https://',
        'http://',
        '//',
        '/',
        '\\',
        '@',
        ':',
        '#',
        '?',
        '.',
        '%2f',
        '%40',
        '\t',
        'evil.example',
      ],
      ...['app.example', 'gate.example', 'one', ':443', ':1', 'а', '[::1]', '127.0.0.1', ';', '..'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const address = pieces.join('')
        const app = findApp(address)
        if (!app) return
        const url = new URL(address)
        assert.equal(url.href, address)
        assert.equal(url.origin, app.origin)
        assert.equal(url.username + url.password + url.hash, '')
        assert.ok(['app.example', 'gate.example', '[::1]', '127.0.0.1'].includes(url.hostname), address)
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('the seal of an address', () => {
  const states = createAppStates(new Uint8Array(32).fill(1))
  const text = fc.string({ maxLength: 40 })

  test('is read for the cookie and the address that it was made for, and for nothing else', () => {
    fc.assert(
      fc.property(text, text, text, fc.nat(63), (cookie, address, other, at) => {
        const state = states.write(cookie, address)
        assert.match(state, /^[A-Za-z0-9_-]{64}$/)
        assert.equal(states.read(state, address), states.hashOf(cookie))
        if (other !== address) assert.equal(states.read(state, other), undefined)
        const changed = state.slice(0, at) + (state[at] === 'A' ? 'B' : 'A') + state.slice(at + 1)
        assert.equal(states.read(changed, address), undefined)
      }),
    )
  })

  test('is of one gateway', () => {
    const other = createAppStates(new Uint8Array(32).fill(2))
    assert.equal(other.read(states.write('cookie', 'address'), 'address'), undefined)
    for (const garbage of ['', 'x', `${'A'.repeat(63)}=`, 'A'.repeat(65)])
      assert.equal(states.read(garbage, 'address'), undefined)
  })
})
