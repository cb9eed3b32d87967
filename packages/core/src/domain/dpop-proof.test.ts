import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDpopProof } from './dpop-proof.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const SIGNATURE = 'A'.repeat(86)
// RFC 8037, appendix A.2, and RFC 9449, section 7.1.
const JWK = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
const ATH = 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo'

const header = { typ: 'dpop+jwt', alg: 'EdDSA', jwk: JWK }
const claims = {
  jti: 'e1j3V_bKic8-LAEB',
  htm: 'GET',
  htu: 'https://app.example/a',
  iat: 1_562_262_618,
  ath: ATH,
}
const proof = (head: unknown, body: unknown = claims) => `${encode(head)}.${encode(body)}.${SIGNATURE}`

test('a proof is read with its key, what it covers, and the hash of its token', () => {
  const read = parseDpopProof(proof(header))
  assert.ok(read)
  assert.equal(Buffer.from(read.publicKey).toString('base64url'), JWK.x)
  assert.equal(read.tokenHash, createHash('sha256').update(TOKEN).digest('hex'))
  assert.equal(read.issuedAt, 1_562_262_618_000)
  assert.equal(read.signed, `${encode(header)}.${encode(claims)}`)
  assert.deepEqual([read.jti, read.htm, read.htu, read.nonce], [claims.jti, 'GET', claims.htu, undefined])
  assert.ok(parseDpopProof(proof({ ...header, alg: 'Ed25519' })))
})

test('another type, another algorithm or another key is no proof', () => {
  const heads: readonly unknown[] = [
    { ...header, typ: 'JWT' },
    { ...header, typ: undefined },
    { ...header, alg: 'none' },
    { ...header, alg: 'HS256' },
    { ...header, alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: JWK.x, y: JWK.x } },
    { ...header, jwk: undefined },
    { ...header, jwk: { ...JWK, kty: 'EC' } },
    { ...header, jwk: { ...JWK, crv: 'X25519' } },
    { ...header, jwk: { ...JWK, x: JWK.x.slice(1) } },
    { ...header, jwk: { ...JWK, x: `${JWK.x}=` } },
    // Whoever sends the private part has given the key away.
    { ...header, jwk: { ...JWK, d: JWK.x } },
    { ...header, crit: ['b64'], b64: false },
    { ...header, crit: [] },
    [],
    'header',
    null,
  ]
  for (const head of heads) assert.equal(parseDpopProof(proof(head)), undefined, JSON.stringify(head))
})

test('claims that are missing or of another type make no proof', () => {
  for (const name of Object.keys(claims)) {
    for (const value of [undefined, null, true, {}, [], name === 'iat' ? '1562262618' : 5])
      assert.equal(parseDpopProof(proof(header, { ...claims, [name]: value })), undefined, `${name} ${value}`)
  }
  const odd = [
    { jti: '' },
    { jti: 'j'.repeat(129) },
    { ath: `${ATH}x` },
    { nonce: 5 },
    { iat: 1e300 },
    { jti: 'é' },
  ]
  for (const changed of odd)
    assert.equal(parseDpopProof(proof(header, { ...claims, ...changed })), undefined, JSON.stringify(changed))
})

test('whatever else is sent is no proof, and no fault', () => {
  const text = proof(header)
  for (const other of [
    '',
    '..',
    `${text}.`,
    `${text}, ${text}`,
    ` ${text}`,
    text.slice(0, -1),
    `${text}=`,
    'a'.repeat(5_000),
  ])
    assert.equal(parseDpopProof(other), undefined)
  fc.assert(
    fc.property(fc.string(), fc.json(), fc.json(), (garbage, head, body) => {
      assert.equal(parseDpopProof(garbage), undefined)
      const encoded = [head, body].map((part) => Buffer.from(part).toString('base64url'))
      parseDpopProof([...encoded, SIGNATURE].join('.'))
    }),
  )
})
