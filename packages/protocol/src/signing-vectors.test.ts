import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gatewayOrigin } from './gateway-origin.ts'
import { type SigningFacts, signingTextV2, signingTextV3, signingTextV4 } from './signing-text.ts'

interface Signed {
  readonly text: string
  readonly signature: string
}
interface Vectors {
  readonly publicKey: string
  readonly texts: readonly {
    readonly what: string
    readonly facts: SigningFacts
    readonly origin: string
    readonly v2: Signed
    readonly v3: Signed
    readonly v4: Signed
  }[]
  readonly origins: readonly { readonly url: string; readonly origin: string }[]
}

const file = new URL('../vectors/signing-text.json', import.meta.url)
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'))
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: vectors.publicKey }, format: 'jwk' })

for (const { what, facts, origin, v2, v3, v4 } of vectors.texts) {
  test(`the texts of the vector "${what}" are ours, and its signatures fit`, () => {
    assert.equal(signingTextV2(facts), v2.text)
    assert.equal(signingTextV3(facts), v3.text)
    assert.equal(signingTextV4(facts, origin), v4.text)
    for (const { text, signature } of [v2, v3, v4])
      assert.ok(verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')))
  })
}

test('an origin is what URL parsers make of the address that was dialled', () => {
  for (const { url, origin } of vectors.origins) {
    const { protocol, hostname, port } = new URL(url)
    const host = hostname.replace(/^\[|\]$/g, '')
    const place = { secure: protocol === 'wss:', host, port: port === '' ? undefined : Number(port) }
    assert.equal(gatewayOrigin(place), origin)
    assert.equal(new URL(url).origin, origin)
  }
  assert.equal(gatewayOrigin({ secure: true, host: 'A.example', port: 443 }), 'wss://a.example')
  assert.equal(gatewayOrigin({ secure: false, host: '::1', port: 80 }), 'ws://[::1]')
})
