import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addressEntryFault,
  addressList,
  formatIp,
  limitNetwork,
  limitPrefix,
  parseIp,
  parseSocketIp,
} from './ip-address.ts'

function parsed(text: string) {
  const address = parseIp(text)
  assert.ok(address, text)
  return address
}

test('only the plain spellings of an address are one', () => {
  const texts = [
    '0x7f.1',
    '127.1',
    '0177.0.0.1',
    '127.0.0.01',
    '2130706433',
    '1.2.3.4 ',
    '1.2.3.4:80',
    '[::1]',
    '::1%lo',
    '',
  ]
  for (const text of texts) assert.equal(parseIp(text), undefined, text)
})

test('every spelling of one address has the same form, with IPv4-mapped addresses folded', () => {
  for (const text of ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:FFFF:127.0.0.1']) {
    assert.equal(formatIp(parsed(text)), '127.0.0.1', text)
  }
  assert.equal(formatIp(parsed('2001:DB8:0:0::1')), '2001:db8::1')
})

test('an IPv6 address that only ends like one of IPv4 is not that one (T06)', () => {
  const table = [
    ['::127.0.0.1', '::7f00:1'],
    ['::10.0.0.1', '::a00:1'],
    ['64:ff9b::127.0.0.1', '64:ff9b::7f00:1'],
    ['::ffff:0:127.0.0.1', '::ffff:0:7f00:1'],
    ['1:2:3:4:5:6:255.255.255.255', '1:2:3:4:5:6:ffff:ffff'],
  ] as const
  const near = addressList(['127.0.0.0/8', '10.0.0.0/8', '::ffff:10.0.0.1'])
  for (const [text, form] of table) {
    assert.equal(formatIp(parsed(text)), form)
    assert.notEqual(limitPrefix(parsed(text)), 'loopback', text)
    assert.equal(near.includes(parsed(text)), false, text)
  }
})

test('a socket address may carry a zone', () => {
  assert.equal(parseSocketIp('fe80::1%eth0')?.toString(), 'fe80::1')
  assert.equal(parseSocketIp(''), undefined)
})

test('limits count IPv4 by address, IPv6 by /64, and the loopback as one peer', () => {
  const table = [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:bbbb::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
  ] as const
  for (const [text, prefix] of table) assert.equal(limitPrefix(parsed(text)), prefix, text)
})

test('limits count IPv6 by /48 as well, and nothing else by more than its own key', () => {
  for (const text of ['2001:db8:1:2:aaaa::1', '2001:db8:1:ffff::1'])
    assert.equal(limitNetwork(parsed(text)), '2001:db8:1::/48')
  for (const text of ['203.0.113.7', '::ffff:203.0.113.7', '127.0.0.1', '::1'])
    assert.equal(limitNetwork(parsed(text)), undefined)
})

test('a list holds its addresses and ranges, and nothing else', () => {
  const list = addressList(['10.0.0.5', '172.18.0.0/16', '2001:db8::/32', '::ffff:192.0.2.1'])
  for (const text of ['10.0.0.5', '::ffff:10.0.0.5', '172.18.255.1', '2001:db8:ffff::1', '192.0.2.1']) {
    assert.ok(list.includes(parsed(text)), text)
  }
  for (const text of ['10.0.0.6', '172.19.0.1', '2001:db9::1', '127.0.0.1', '::1']) {
    assert.ok(!list.includes(parsed(text)), text)
  }
})

test('a list entry that is no address, or is every address, has a fault', () => {
  for (const entry of ['10.0.0.5', '10.0.0.0/8', '::1', '2001:db8::/32']) {
    assert.equal(addressEntryFault(entry), undefined, entry)
  }
  const wrong = [
    '',
    'proxy',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '0.0.0.0/0',
    '::/0',
    '::ffff:10.0.0.0/104',
  ]
  for (const entry of wrong) assert.notEqual(addressEntryFault(entry), undefined, entry)
})

test('any IPv4 address counts the same in its mapped form', () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      assert.equal(limitPrefix(parsed(`::ffff:${text}`)), limitPrefix(parsed(text)))
    }),
  )
})

test('any text can be asked about', () => {
  const texts = fc.oneof(fc.string(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:./%[\]]*$/))
  fc.assert(
    fc.property(texts, (text) => {
      parseIp(text)
      parseSocketIp(text)
      addressEntryFault(text)
      addressList([text])
    }),
  )
})
