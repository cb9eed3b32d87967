import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { fingerprintWords } from './fingerprint-words.ts'
import { type DeviceId, type Instant, parseDeviceId } from './ids.ts'
import { days, hours, later, minutes, parseDuration, seconds } from './instant.ts'
import { parsePublicKey } from './public-key.ts'
import { parseRole } from './role.ts'

test('a fingerprint is six words, and other keys have other words', () => {
  const ids = Array.from(
    { length: 200 },
    (_, n) => createHash('sha256').update(String(n)).digest('hex') as DeviceId,
  )
  const prints = ids.map(fingerprintWords)
  assert.equal(
    prints.every((print) => /^[a-z]+( [a-z]+){5}$/.test(print)),
    true,
  )
  assert.equal(new Set(prints).size, ids.length)
})
test('a fingerprint covers the first 66 bits of the id', () => {
  const id = createHash('sha256').update('x').digest('hex')
  const differs = (at: number) => {
    const other = id.slice(0, at) + (id[at] === '0' ? '1' : '0') + id.slice(at + 1)
    return fingerprintWords(other as DeviceId) !== fingerprintWords(id as DeviceId)
  }
  assert.deepEqual([0, 7, 15].map(differs), [true, true, true])
  assert.equal(differs(17), false)
})
test('a device id is 64 lower-case hex digits and nothing else', () => {
  const id = 'a'.repeat(64)
  assert.equal(parseDeviceId(id), id)
  for (const bad of ['A'.repeat(64), 'a'.repeat(63), `${id}a`, `${id}\n`, ''])
    assert.equal(parseDeviceId(bad), undefined)
})
test('durations are read as people write them', () => {
  assert.equal(parseDuration('90s'), seconds(90))
  assert.equal(parseDuration('15m'), minutes(15))
  assert.equal(parseDuration('12h'), hours(12))
  assert.equal(parseDuration(' 2w '), days(14))
  for (const bad of ['', '0d', '-1d', '1.5h', '1 d', 'd', '1y', '99999999d'])
    assert.equal(parseDuration(bad), undefined)
  assert.equal(later(1_000 as Instant, seconds(2)), 3_000)
})
test('a public key reads the same as base64url, base64 and PEM', () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12)
  const forms = [
    raw.toString('base64url'),
    raw.toString('base64'),
    String(publicKey.export({ format: 'pem', type: 'spki' })),
  ]
  for (const form of forms) assert.deepEqual(parsePublicKey(form), new Uint8Array(raw))
})
test('a PEM of another key kind is no key, and arbitrary text never throws', () => {
  const { publicKey } = generateKeyPairSync('x25519')
  assert.equal(parsePublicKey(String(publicKey.export({ format: 'pem', type: 'spki' }))), undefined)
  fc.assert(fc.property(fc.string(), (text) => void parsePublicKey(text)))
})
test('there are two roles', () => {
  assert.deepEqual(['operator', 'node', 'admin', ''].map(parseRole), [
    'operator',
    'node',
    undefined,
    undefined,
  ])
})
