import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { ConnectParams } from './connect-params.ts'
import { METHOD_NAMES, METHODS, parseMethod } from './methods.ts'
import { ownerProofText } from './owner-proof.ts'
import { chooseProtocol, PROTOCOL_VERSIONS } from './protocol-version.ts'
import { frameId, readFrame } from './read-frame.ts'
import type { MethodRow } from './rows/method-row.ts'
import { describeFindings } from './schema-findings.ts'

const connect = Compile(ConnectParams)
const client = { id: 'cli', version: '1', platform: 'linux', mode: 'cli' }
const base = { minProtocol: 4, maxProtocol: 4, client }
const findings = (value: unknown) => describeFindings(connect.Errors(value))

test('findings are told in the words that OpenClaw uses', () => {
  assert.equal(findings({ ...base, foo: 1 }), "at root: unexpected property 'foo'")
  assert.equal(
    findings({ ...base, client: { ...client, id: 'x' } }),
    'at /client/id: must be equal to one of the allowed values',
  )
  assert.equal(findings({ ...base, auth: { foo: '' } }), "at /auth: unexpected property 'foo'")
  assert.equal(findings({ ...base, scopes: [''] }), 'at /scopes/0: must not have fewer than 1 characters')
  const device = { id: 'a', publicKey: 'b', signature: 'c', signedAt: 1 }
  assert.equal(findings({ ...base, device }), "at /device: must have required property 'nonce'")
  assert.equal(findings({ minProtocol: 4, maxProtocol: 4 }), "must have required property 'client'")
})
test('arbitrary text is a frame or is not, and its id can always be answered', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const received = readFrame(text)
      if (received.json) assert.notEqual(frameId(received.value), '')
    }),
  )
  assert.equal(frameId({ id: '7' }), '7')
  for (const bad of [null, 7, [], {}, { id: 7 }, { id: '' }]) assert.equal(frameId(bad), 'invalid')
})
test('the newest protocol of the range is spoken; probes and nodes that stop at 3 get it too', () => {
  const ask = (minProtocol: number, maxProtocol: number, role = 'operator', clientMode = 'cli') =>
    chooseProtocol({ minProtocol, maxProtocol, role, clientMode })
  assert.deepEqual([ask(4, 4), ask(3, 5), ask(1, 9), ask(3, 4)], [4, 4, 4, 4])
  assert.deepEqual([ask(3, 3), ask(1, 3)], [3, 3])
  assert.deepEqual([ask(5, 5), ask(1, 2), ask(4, 3), ask(5, 3)], [undefined, undefined, undefined, undefined])
  assert.deepEqual([ask(3, 3, 'operator', 'probe'), ask(2, 2, 'operator', 'probe')], [4, undefined])
  assert.deepEqual(
    [ask(3, 3, 'node', 'node'), ask(3, 3, 'node', 'cli'), ask(3, 3, 'operator', 'node')],
    [4, 3, 3],
  )
})
test('the protocol that is spoken lies in the range, but for probes and nodes that may stop one short', () => {
  const version = fc.integer({ min: 1, max: 7 })
  fc.assert(
    fc.property(
      version,
      version,
      fc.constantFrom('cli', 'node', 'probe'),
      (minProtocol, maxProtocol, mode) => {
        const role = mode === 'node' ? 'node' : 'operator'
        const spoken = chooseProtocol({ minProtocol, maxProtocol, role, clientMode: mode })
        const within = PROTOCOL_VERSIONS.filter((each) => minProtocol <= each && each <= maxProtocol)
        if (mode === 'cli') assert.equal(spoken, within[0])
        else assert.equal(spoken, minProtocol <= 4 && maxProtocol >= 3 ? 4 : undefined)
      },
    ),
  )
})
test('only the names of the table are methods', () => {
  assert.equal(
    METHOD_NAMES.every((name) => parseMethod(name) === name),
    true,
  )
  for (const word of ['toString', '__proto__', 'constructor', 'device.pair', '', 'Health'])
    assert.equal(parseMethod(word), undefined)
})
test('every method takes a closed object', () => {
  for (const name of METHOD_NAMES) {
    const { params } = METHODS[name]
    assert.equal(Compile(params).Check({ unexpected: 1 }), false, name)
    assert.equal(Compile(params).Check([]), false, name)
  }
})
test('a method that names somebody or some session says so in its row', () => {
  for (const name of METHOD_NAMES) {
    const row: MethodRow = METHODS[name]
    const { params, session } = row
    const named = Object.keys((params as { properties?: object }).properties ?? {})
    if (typeof session === 'object') assert.ok(named.includes(session.param), name)
    else assert.ok(!named.includes('sessionKey'), name)
    if (session === 'none' || session === 'filtered')
      for (const each of ['requestId', 'deviceId', 'invitationId', 'key'])
        assert.ok(!named.includes(each), name)
  }
})
test('the two proofs of the owner path differ in side and in both nonces', () => {
  const texts = [
    ownerProofText('gateway', 'a', 'b'),
    ownerProofText('client', 'a', 'b'),
    ownerProofText('client', 'b', 'a'),
  ]
  assert.equal(new Set(texts).size, 3)
})
