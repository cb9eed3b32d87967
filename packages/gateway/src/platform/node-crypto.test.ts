import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNodeCrypto, hmacBase64Url, rawPublicKeyOf, sameText } from './node-crypto.ts'

const crypto = createNodeCrypto()

function device(): { readonly raw: Uint8Array; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { raw: publicKey.export({ format: 'der', type: 'spki' }).subarray(12), privateKey }
}

test('a signature by the key over exactly this text verifies, and nothing else does', () => {
  const { raw, privateKey } = device()
  const signature = sign(null, Buffer.from('v3|täxt'), privateKey)
  assert.equal(crypto.verifyEd25519(raw, 'v3|täxt', signature), true)
  assert.equal(crypto.verifyEd25519(raw, 'v3|taxt', signature), false)
  assert.equal(crypto.verifyEd25519(device().raw, 'v3|täxt', signature), false)
  const broken = Uint8Array.from(signature, (byte, at) => (at === 0 ? byte ^ 1 : byte))
  assert.equal(crypto.verifyEd25519(raw, 'v3|täxt', broken), false)
})

test('a seed has the public key that RFC 8032 says', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const expected = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
  assert.equal(Buffer.from(rawPublicKeyOf(seed)).toString('hex'), expected)
})

test('keys and signatures of the wrong length are wrong, not an error', () => {
  const { raw, privateKey } = device()
  const signature = sign(null, Buffer.from('text'), privateKey)
  for (const key of [new Uint8Array(0), raw.subarray(1), new Uint8Array([...raw, 0])]) {
    assert.equal(crypto.verifyEd25519(key, 'text', signature), false)
  }
  for (const bad of [new Uint8Array(0), signature.subarray(1), new Uint8Array(65)]) {
    assert.equal(crypto.verifyEd25519(raw, 'text', bad), false)
  }
})

test('no bytes make the check throw', () => {
  const bytes = fc.uint8Array({ minLength: 30, maxLength: 66 })
  fc.assert(
    fc.property(bytes, bytes, fc.string(), (key, signature, text) => {
      assert.equal(crypto.verifyEd25519(key, text, signature), false)
    }),
  )
})

test('a remembered key is still judged by its own bytes after many others came', () => {
  const { raw, privateKey } = device()
  const signature = sign(null, Buffer.from('text'), privateKey)
  for (let n = 0; n < 5_000; n += 1) {
    const other = new Uint8Array(32)
    new DataView(other.buffer).setUint32(0, n)
    crypto.verifyEd25519(other, 'text', signature)
  }
  assert.equal(crypto.verifyEd25519(raw, 'text', signature), true)
})

test("a change to the caller's key bytes does not reach a remembered key", () => {
  const { raw, privateKey } = device()
  const own = Uint8Array.from(raw)
  const signature = sign(null, Buffer.from('text'), privateKey)
  assert.equal(crypto.verifyEd25519(own, 'text', signature), true)
  own.fill(7)
  assert.equal(crypto.verifyEd25519(own, 'text', signature), false)
})

test('ids and hashes are lower-case hex SHA-256', () => {
  const { raw } = device()
  const hex = createHash('sha256').update(raw).digest('hex')
  assert.equal(crypto.deviceIdOf(raw), hex)
  assert.equal(crypto.sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  assert.equal(crypto.hashToken('ä'), createHash('sha256').update('ä', 'utf8').digest('hex'))
})

test('the hash of a text that looks like an access token is its own, also when it comes again', () => {
  const texts = Array.from({ length: 3_000 }, (_each, at) => `pga_${String(at).padStart(50, '0')}`)
  for (const text of [...texts, ...texts.slice(-700), 'pga_', `${texts[0]}0`])
    assert.equal(crypto.hashToken(text), createHash('sha256').update(text).digest('hex'))
})

test('texts compare by content, whatever their lengths', () => {
  assert.equal(sameText('secret', 'secret'), true)
  for (const other of ['', 'secre', 'secrets', 'Secret', 'sécret'])
    assert.equal(sameText('secret', other), false)
})

test('a proof is the HMAC in base64url', () => {
  const key = new Uint8Array(32).fill(1)
  assert.equal(hmacBase64Url(key, 'täxt'), createHmac('sha256', key).update('täxt').digest('base64url'))
})
