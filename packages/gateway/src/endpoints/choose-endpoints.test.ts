import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chooseEndpoints, type EndpointFacts } from './choose-endpoints.ts'
import { reachOf } from './reach.ts'
import { setupEndpoint } from './setup-endpoint.ts'

const LAN = { lo: [{ address: '127.0.0.1' }], eth0: [{ address: '192.168.1.20' }] }
const LOOPBACK = { hosts: ['127.0.0.1', '::1'], isLoopback: true }
const EVERYWHERE = { hosts: ['0.0.0.0'], isLoopback: false }

function facts(more: Partial<EndpointFacts> = {}): EndpointFacts {
  const machine = { interfaces: LAN, inContainer: false }
  const bind = EVERYWHERE
  return {
    publicUrl: undefined,
    bindMode: 'lan',
    bind,
    port: 18_789,
    machine,
    certificateNames: undefined,
    ...more,
  }
}
const urlsOf = (more: Partial<EndpointFacts>) => chooseEndpoints(facts(more)).map(({ url }) => url)
const onInterfaces = (interfaces: Record<string, readonly { address: string }[]>) => ({
  machine: { interfaces, inContainer: false },
})

describe('the address that a device is given', () => {
  test('is what the operator says, whatever this machine has', () => {
    assert.deepEqual(chooseEndpoints(facts({ publicUrl: 'https://gw.example/pair-here/' })), [
      { url: 'wss://gw.example/pair-here', source: 'gateway.pairing.publicUrl' },
    ])
  })
  test('is the address in the local network, and never that of nowhere', () => {
    assert.deepEqual(chooseEndpoints(facts()), [
      { url: 'ws://192.168.1.20:18789', source: 'gateway.bind=lan' },
    ])
  })
  test('is a private address before a public one, and bridges of containers come last', () => {
    const machine = onInterfaces({
      docker0: [{ address: '172.17.0.1' }],
      wan0: [{ address: '203.0.113.5' }, { address: '2001:db8::1' }],
      eth0: [{ address: 'fe80::1' }, { address: '10.0.0.4' }],
      auto: [{ address: '169.254.7.7' }],
    })
    assert.deepEqual(urlsOf(machine), [
      'ws://10.0.0.4:18789',
      'ws://203.0.113.5:18789',
      'ws://172.17.0.1:18789',
    ])
  })
  test('is the loopback where nothing else listens or nothing else is there', () => {
    assert.deepEqual(chooseEndpoints(facts({ bind: LOOPBACK, bindMode: 'loopback' })), [
      { url: 'ws://127.0.0.1:18789', source: 'local loopback' },
    ])
    assert.deepEqual(urlsOf(onInterfaces({ lo: [{ address: '127.0.0.1' }] })), ['ws://127.0.0.1:18789'])
  })
  test('is the tailnet address and not the loopback beside it', () => {
    const bind = { hosts: ['127.0.0.1', '100.101.102.103'], isLoopback: false }
    assert.deepEqual(urlsOf({ bind, bindMode: 'tailnet' }), ['ws://100.101.102.103:18789'])
  })
  test('is one that the certificate is for', () => {
    assert.deepEqual(urlsOf({ certificateNames: ['gw.example', '192.168.1.20'] }), [
      'wss://192.168.1.20:18789',
    ])
    assert.deepEqual(urlsOf({ certificateNames: ['localhost', 'gw.example'] }), ['wss://gw.example:18789'])
    assert.deepEqual(urlsOf({ certificateNames: [] }), ['wss://192.168.1.20:18789'])
    assert.deepEqual(urlsOf({ bind: LOOPBACK, certificateNames: ['gw.example', 'localhost'] }), [
      'wss://localhost:18789',
    ])
  })
})

test('how far a host reaches is told from its look', () => {
  for (const host of ['127.0.0.1', '[::1]', 'localhost', 'a.localhost', '::ffff:127.0.0.1'])
    assert.equal(reachOf(host), 'machine', host)
  for (const host of ['10.1.2.3', '192.168.0.1', '172.16.0.1', 'fd00::1', 'fe80::1', 'nas.local'])
    assert.equal(reachOf(host), 'private', host)
  for (const host of ['203.0.113.9', '100.100.1.1', 'gw.example', 'local.example', '2606:4700::1', 'nas'])
    assert.equal(reachOf(host), 'public', host)
})

describe('the address of a setup code', () => {
  const fault = (publicUrl: string | undefined, joins = false, endpoints = chooseEndpoints(facts())) => {
    const chosen = setupEndpoint(endpoints, { publicUrl, joins })
    return !chosen.ok && chosen.refusal.reason === 'endpoint-unfit' ? chosen.refusal.fault : undefined
  }
  test('is refused where nobody could follow it, or everybody could read along', () => {
    assert.equal(fault(undefined, false, chooseEndpoints(facts({ bind: LOOPBACK }))), 'loopback-only')
    assert.equal(fault('ws://203.0.113.9:18789'), 'plaintext-public')
    assert.equal(fault('ws://100.100.1.1:18789'), 'plaintext-public')
    assert.equal(fault('not a url'), 'url-invalid')
    assert.equal(fault('wss://user@gw.example'), 'url-invalid')
    assert.equal(fault('ws://192.168.1.20:18789', true), 'plaintext-join')
  })
  test('is taken from the caller, also this machine when it says so', () => {
    const own = setupEndpoint(chooseEndpoints(facts({ bind: LOOPBACK })), {
      publicUrl: 'ws://127.0.0.1:28901',
      joins: true,
    })
    assert.ok(own.ok)
    assert.deepEqual(own.value, {
      url: 'ws://127.0.0.1:28901',
      urls: undefined,
      source: 'request.publicUrl',
      isPlain: false,
      tlsPin: undefined,
    })
    const lan = setupEndpoint(chooseEndpoints(facts()), { joins: false })
    assert.ok(lan.ok && lan.value.isPlain && lan.value.source === 'gateway.bind=lan')
  })
})
