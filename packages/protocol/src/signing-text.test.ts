import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildDeviceAuthPayload, buildDeviceAuthPayloadV3 } from '@openclaw/gateway-client'
import fc from 'fast-check'
import { signingTextV2, signingTextV3 } from './signing-text.ts'

const facts = fc.record({
  deviceId: fc.string(),
  clientId: fc.string(),
  clientMode: fc.string(),
  role: fc.string(),
  scopes: fc.array(fc.string()),
  signedAt: fc.nat(),
  token: fc.string(),
  nonce: fc.string(),
  platform: fc.string({ unit: 'binary' }),
  deviceFamily: fc.string({ unit: 'binary' }),
})

test('both texts are the ones that the reference client signs', () => {
  fc.assert(
    fc.property(facts, (said) => {
      const { signedAt, ...rest } = said
      const theirs = { ...rest, signedAtMs: signedAt, scopes: [...said.scopes] }
      assert.equal(signingTextV2(said), buildDeviceAuthPayload(theirs))
      assert.equal(signingTextV3(said), buildDeviceAuthPayloadV3(theirs))
    }),
  )
})
test('only the letters A to Z are lower-cased, and the ends are trimmed', () => {
  const said = {
    deviceId: 'd',
    clientId: 'c',
    clientMode: 'm',
    role: 'operator',
    scopes: ['b', 'a'],
    signedAt: 1,
    token: '',
    nonce: 'n',
    platform: '  LinuxÄİ ',
    deviceFamily: 'Pi',
  }
  assert.equal(signingTextV3(said), 'v3|d|c|m|operator|b,a|1||n|linuxÄİ|pi')
})
