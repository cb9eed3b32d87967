import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fakeRequest } from '../../test/house/fake-request.ts'
import { parseHost } from './host-header.ts'
import { addressList, parseSocketIp } from './ip-address.ts'
import { describePeer, type Peer, type PeerRefusal } from './peer.ts'

const proxies = addressList(['10.0.0.5', '10.0.0.6', '127.0.0.1'])
const nobody = addressList([])

const readers = { addressOf: parseSocketIp, hostOf: parseHost }

interface Ask {
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly trusted?: typeof proxies
  readonly ownerSocket?: boolean
  readonly encrypted?: boolean
}

function describeRequest(ask: Ask): Peer | PeerRefusal {
  const { from, headers = {}, trusted = nobody, ownerSocket = false, encrypted = false } = ask
  const request = fakeRequest({ from, headers: { Host: '127.0.0.1:18789', ...headers }, encrypted })
  return describePeer(request, { ...readers, trustedProxies: trusted, ownerSocket })
}

function peerOf(ask: Ask): Peer {
  const peer = describeRequest(ask)
  assert.ok(!('refusal' in peer), JSON.stringify(peer))
  return peer
}

const FORWARDING_HEADERS = [
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Real-IP',
  'X-Client-IP',
  'CF-Connecting-IP',
  'True-Client-IP',
  'Tailscale-User-Login',
  'X-Original-Forwarded-For',
]

test('a loopback peer that names a loopback host is direct loopback and has no address', () => {
  for (const from of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    for (const Host of ['localhost', 'localhost:18789', '127.0.0.1:18789', '[::1]:18789']) {
      const peer = peerOf({ from, headers: { Host } })
      assert.deepEqual(
        [peer.place, peer.address, peer.prefix, peer.scheme],
        ['direct-loopback', undefined, 'loopback', 'http'],
      )
    }
  }
})

test('a peer by an address that systems write like one of the loopback is remote, and no proxy (T06, T31)', () => {
  const ask = { from: '::127.0.0.1', trusted: proxies }
  const { place, proxied, prefix } = peerOf(ask)
  assert.deepEqual([place, proxied, prefix], ['remote', false, '::/64'])
  const forged = describeRequest({ ...ask, headers: { 'X-Forwarded-For': '192.0.2.1' } })
  assert.deepEqual(forged, { refusal: 'proxy-untrusted' })
})

test('a loopback peer that names any other host is remote', () => {
  const hosts = [
    'evil.com',
    '127.evil.com',
    '127.0.0.1.evil',
    'localhost.',
    'localhost.evil',
    '0x7f.1',
    '192.168.1.5',
    '0.0.0.0',
    '',
  ]
  for (const Host of hosts) {
    assert.equal(peerOf({ from: '127.0.0.1', headers: { Host } }).place, 'remote', Host)
  }
})

test('a forwarding header of any kind from a peer that is no trusted proxy is refused', () => {
  for (const from of ['127.0.0.1', '::1', '203.0.113.7', '10.0.0.5']) {
    for (const name of FORWARDING_HEADERS) {
      for (const value of ['127.0.0.1', 'for=127.0.0.1', '']) {
        const refused = describeRequest({ from, headers: { [name]: value } })
        assert.deepEqual(refused, { refusal: 'proxy-untrusted' }, `${from} ${name}: ${value}`)
      }
    }
  }
})

test('a request over the owner socket is the owner socket, unless a proxy passed it on', () => {
  const peer = peerOf({ ownerSocket: true })
  assert.deepEqual([peer.place, peer.address, peer.prefix], ['owner-socket', undefined, 'owner-socket'])
  const passedOn = describeRequest({ ownerSocket: true, headers: { 'X-Forwarded-For': '203.0.113.7' } })
  assert.deepEqual(passedOn, { refusal: 'proxy-untrusted' })
})

test('the client of a trusted proxy is the right-most hop that is no trusted proxy', () => {
  const table: readonly [Readonly<Record<string, string>>, string][] = [
    [{ 'X-Forwarded-For': '203.0.113.7' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': '127.0.0.1, 203.0.113.7' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': 'garbage, 203.0.113.7, 10.0.0.6' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': '198.51.100.1,203.0.113.7 , 10.0.0.5,10.0.0.6' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': '::ffff:203.0.113.7' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': '203.0.113.7:4711' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': '[2001:db8::7]:4711' }, '2001:db8::7'],
    [{ 'X-Forwarded-For': '10.0.0.6, 10.0.0.5' }, '10.0.0.6'],
    [{ Forwarded: 'for=203.0.113.7;proto=https' }, '203.0.113.7'],
    [{ Forwarded: 'for=1.1.1.1, by=10.0.0.5; For="[2001:db8::7]:4711"' }, '2001:db8::7'],
    [{ 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7' }, '203.0.113.7'],
    [{ 'X-Forwarded-For': '2001:DB8:0:0::7, ::ffff:10.0.0.6' }, '2001:db8::7'],
    [{ 'X-Forwarded-For': '2001:db8::7', Forwarded: 'for="[2001:0db8::7]:80"' }, '2001:db8::7'],
    [{ Forwarded: 'for=_hidden, for=unknown;by=_me, for="203.0.113.7:4711", for=10.0.0.6' }, '203.0.113.7'],
    // A comma, a semicolon and a quote in quotes end nothing.
    [{ Forwarded: 'host="a,for=6.6.6.6;b=";for=203.0.113.7' }, '203.0.113.7'],
    [{ Forwarded: 'for=203.0.113.7;host="a,for=6.6.6.6;b="' }, '203.0.113.7'],
    [{ Forwarded: 'for=203.0.113.7;host="a\\",for=6.6.6.6;b="' }, '203.0.113.7'],
    [{ Forwarded: 'host="a;for=6.6.6.6;b=";for="\\2\\03.0.113.7"' }, '203.0.113.7'],
  ]
  for (const [headers, address] of table) {
    const peer = peerOf({ from: '10.0.0.5', trusted: proxies, headers })
    assert.deepEqual([peer.place, peer.address], ['remote', address], JSON.stringify(headers))
  }
})

test('a trusted proxy that names its client unclearly is refused', () => {
  const table: readonly Readonly<Record<string, string>>[] = [
    { 'X-Forwarded-For': '' },
    { 'X-Forwarded-For': 'unknown' },
    { 'X-Forwarded-For': '203.0.113.7, evil' },
    { 'X-Forwarded-For': '203.0.113.7,' },
    { 'X-Forwarded-For': '0x7f.1' },
    { 'X-Forwarded-For': '127.0.0.1%lo' },
    { Forwarded: 'for=_hidden' },
    { Forwarded: 'proto=https' },
    { Forwarded: '' },
    { Forwarded: 'for=203.0.113.7,' },
    { Forwarded: 'for=unknown' },
    { Forwarded: 'for="_hidden:80", for=10.0.0.6' },
    { Forwarded: 'for="[2001:db8::7"' },
    { Forwarded: 'for="[2001:db8::7%eth0]"' },
    { Forwarded: 'for=203.0.113.7;for=198.51.100.1' },
    // Quotes that the client has left open swallow what the proxy appends.
    { Forwarded: 'for=6.6.6.6;a=", for=203.0.113.7' },
    { Forwarded: 'for=6.6.6.6;a=", for="[2001:db8::7]"' },
    { Forwarded: 'for=203.0.113.7 garbage' },
    { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=198.51.100.1' },
  ]
  for (const headers of table) {
    const refused = describeRequest({ from: '10.0.0.5', trusted: proxies, headers })
    assert.deepEqual(refused, { refusal: 'proxy-unclear' }, JSON.stringify(headers))
  }
})

test('behind a trusted proxy nobody is local, also when it forgets to say for whom it speaks', () => {
  const peer = peerOf({ from: '127.0.0.1', trusted: proxies })
  assert.deepEqual([peer.place, peer.address], ['remote', '127.0.0.1'])
  const named = peerOf({ from: '127.0.0.1', trusted: proxies, headers: { 'X-Forwarded-For': '127.0.0.1' } })
  assert.equal(named.place, 'remote')
})

test('the scheme is that of the connection, or what a trusted proxy says', () => {
  assert.equal(peerOf({ from: '203.0.113.7', encrypted: true }).scheme, 'https')
  const proto = (value: string) =>
    peerOf({ from: '10.0.0.5', trusted: proxies, headers: { 'X-Forwarded-Proto': value } }).scheme
  assert.equal(proto('https'), 'https')
  assert.equal(proto('http, wss'), 'https')
  assert.equal(proto('gopher'), undefined)
})

test('two Host headers are refused', () => {
  const request = fakeRequest({ from: '127.0.0.1', headers: { Host: 'localhost' } })
  request.rawHeaders.push('HOST', 'evil.com')
  assert.deepEqual(describePeer(request, { ...readers, trustedProxies: nobody, ownerSocket: false }), {
    refusal: 'host-ambiguous',
  })
})

test('a closed socket is nobody', () => {
  assert.deepEqual(describeRequest({}), { refusal: 'peer-gone' })
})

test('the scope header caps: absent is no cap, empty is nothing', () => {
  const cap = (value: string) =>
    peerOf({ from: '127.0.0.1', headers: { 'x-openclaw-scopes': value } }).scopeCap
  assert.equal(peerOf({ from: '127.0.0.1' }).scopeCap, undefined)
  assert.deepEqual(cap(''), [])
  assert.deepEqual(cap(' operator.read , ,operator.write'), ['operator.read', 'operator.write'])
})

test('no forwarded request is ever local, whatever its headers hold', () => {
  const value = fc.oneof(
    fc.string(),
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom('127.0.0.1', '::1', 'for=127.0.0.1', 'for="[::1]"'),
  )
  const headers = fc.dictionary(fc.constantFrom(...FORWARDING_HEADERS), value, { minKeys: 1 })
  const from = fc.constantFrom('127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.5', '203.0.113.7')
  fc.assert(
    fc.property(from, headers, fc.boolean(), fc.boolean(), (peer, held, trust, ownerSocket) => {
      const said = describeRequest({
        from: peer,
        headers: held,
        trusted: trust ? proxies : nobody,
        ownerSocket,
      })
      assert.ok('refusal' in said || said.place === 'remote')
    }),
    { numRuns: 2_000 },
  )
})

test('no text in the Host header makes a remote peer local', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('localhost', '127.0.0.1')), (Host) => {
      assert.equal(peerOf({ from: '203.0.113.7', headers: { Host } }).place, 'remote')
    }),
  )
})
