import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createNodeCrypto } from '../../src/platform/node-crypto.ts'
import { ON_SQLITE } from '../harness/engine.ts'
import type { HttpAnswer } from '../harness/http-client.ts'
import type { PairedDevice } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { rawRequest } from '../house/raw-request.ts'
import { type AccessWorld, identityOf, mint, openAccessWorld, VERIFY } from './access-world.ts'
import { makeProof, type ProofFacts } from './make-proof.ts'

const world = await openAccessWorld(ON_SQLITE)
const proxied = await openAccessWorld(ON_SQLITE, true)
const { owner, pair } = world

type Headers = Readonly<Record<string, string>>

const verifyUrl = ({ gateway }: AccessWorld) => `http://127.0.0.1:${gateway.port}${VERIFY}`

/** The nonce that is asked for; a gateway that has just started asks everybody. */
async function nonceOf(
  asked: AccessWorld,
  { device, token }: PairedDevice,
  { url = verifyUrl(asked), headers = {} }: { readonly url?: string; readonly headers?: Headers } = {},
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000) - 50
  const proof = await makeProof({ device, token, url, claims: { iat } })
  const answer = await asked.get(VERIFY, { Authorization: `DPoP ${token}`, DPoP: proof, ...headers })
  return String(answer.headers['dpop-nonce'])
}

/** Asks with a proof that is right but for what is said here. */
async function show(
  { device, token }: PairedDevice,
  facts: Partial<ProofFacts> = {},
  headers: Headers = {},
): Promise<HttpAnswer> {
  const url = verifyUrl(world)
  const proof = await makeProof({ device, token, url, ...facts })
  return world.get(VERIFY, { Authorization: `DPoP ${token}`, DPoP: proof, ...headers })
}

function assertNo(answer: HttpAnswer, error = 'invalid_dpop_proof'): void {
  assert.equal(answer.status, 401, answer.body)
  const said = `DPoP realm="pairgate", algs="EdDSA Ed25519", error="${error}"`
  assert.equal(answer.headers['www-authenticate'], said)
  assert.deepEqual(identityOf(answer), ['', '', '', ''])
}

describe('a device token with a proof', () => {
  test('whoever has the token and the key is let through, with all that the token holds', async () => {
    const paired = await pair({ scopes: ['operator.admin', 'operator.write'] })
    const nonce = await nonceOf(world, paired)
    const answer = await show(paired, { nonce })
    assert.equal(answer.status, 204, answer.body)
    const [id, , role, scopes] = identityOf(answer)
    assert.deepEqual([id, role, scopes], [paired.device.id, 'operator', 'operator.admin operator.write'])
    const node = await pair({ role: 'node', scopes: [] })
    assert.equal(identityOf(await show(node, { nonce }))[2], 'node')
  })

  test('who brings nothing is told of both ways', async () => {
    const answer = await world.get(VERIFY)
    const said = 'Bearer realm="pairgate", DPoP realm="pairgate", algs="EdDSA Ed25519"'
    assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, said])
  })

  test('the header of scopes narrows and never widens (T30)', async () => {
    const paired = await pair({ scopes: ['operator.write', 'operator.questions'] })
    const nonce = await nonceOf(world, paired)
    const cap = (scopes: string) => show(paired, { nonce }, { 'x-openclaw-scopes': scopes })
    assert.equal(identityOf(await cap('operator.questions'))[3], 'operator.questions')
    assert.equal(identityOf(await cap('operator.read'))[3], 'operator.read')
    assert.equal(identityOf(await cap('operator.admin'))[3], 'operator.questions operator.write')
    assert.equal(identityOf(await cap(''))[3], '')
  })

  test('a thief without the key is refused, whatever is signed with another one (T04)', async () => {
    const paired = await pair()
    const nonce = await nonceOf(world, paired)
    assertNo(await show({ ...paired, device: makeDevice() }, { nonce }), 'invalid_token')
    const other = await pair()
    assertNo(await show({ ...paired, device: other.device }, { nonce }), 'invalid_token')
    // The key of the victim in the header, the signature of the thief.
    const thief = makeDevice()
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: paired.device.publicKey }
    assertNo(await show({ ...paired, device: thief }, { nonce, header: { jwk } }))
  })

  test('a proof for another method, address, token or time is refused', async () => {
    const paired = await pair()
    const other = await pair()
    const nonce = await nonceOf(world, paired)
    const url = verifyUrl(world)
    const now = Math.floor(Date.now() / 1_000)
    const wrong: Readonly<Record<string, Partial<ProofFacts>>> = {
      'another method': { method: 'POST' },
      'a method in lower case': { method: 'get' },
      'another path': { url: `${url}/operator.read` },
      'another host': { url: url.replace('127.0.0.1', 'localhost') },
      'another scheme': { url: url.replace('http:', 'https:') },
      'another port': { url: url.replace(/:\d+/, ':1') },
      'a user in front': { url: url.replace('127.0.0.1', 'user@127.0.0.1') },
      'another token': { token: other.token },
      'no token': { claims: { ath: undefined } },
      'a minute ago': { claims: { iat: now - 62 } },
      'the future': { claims: { iat: now + 8 } },
      'no time': { claims: { iat: undefined } },
      'no id': { claims: { jti: undefined } },
      'another type': { header: { typ: 'JWT' } },
    }
    for (const facts of Object.values(wrong)) assertNo(await show(paired, { nonce, ...facts }))
    // The query and the fragment are no part of it, and a proof of now needs nothing else.
    assert.equal((await show(paired, { nonce, url: `${url}?a=b#c` })).status, 204)
  })

  test('no proof, two of them, a changed one, and the example of the RFC are refused', async () => {
    const paired = await pair()
    const nonce = await nonceOf(world, paired)
    const { device, token } = paired
    const proof = () => makeProof({ device, token, nonce, url: verifyUrl(world) })
    const [head = '', body = '', signature = ''] = (await proof()).split('.')
    const changed = Buffer.from(body, 'base64url').toString().replace('"GET"', '"HEAD"')
    const values = [
      '',
      'garbage',
      `${await proof()}, ${await proof()}`,
      [head, Buffer.from(changed).toString('base64url'), signature].join('.'),
      [head, body, signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`].join('.'),
      RFC_9449_EXAMPLE,
    ]
    for (const value of values)
      assertNo(await world.get(VERIFY, { Authorization: `DPoP ${token}`, DPoP: value }))
    assertNo(await world.get(VERIFY, { Authorization: `DPoP ${token}` }))
    const lines = [`GET ${VERIFY} HTTP/1.1`, `Host: 127.0.0.1:${world.gateway.port}`, 'Connection: close']
    const raw = (...more: string[]) =>
      rawRequest({ host: '127.0.0.1', port: world.gateway.port }, [
        ...lines,
        `Authorization: DPoP ${token}`,
        ...more,
      ])
    assert.equal((await raw(`DPoP: ${await proof()}`)).status, 204)
    assert.equal((await raw(`DPoP: ${await proof()}`, `DPoP: ${await proof()}`)).status, 401)
  })

  test('each kind of token works in its own way only', async () => {
    const paired = await pair()
    const { device, token, client } = paired
    const { accessToken } = await mint(client)
    const nonce = await nonceOf(world, paired)
    const proof = await makeProof({ device, token: accessToken, nonce, url: verifyUrl(world) })
    assertNo(await world.get(VERIFY, { Authorization: `DPoP ${accessToken}`, DPoP: proof }), 'invalid_token')
    const bound = await makeProof({ device, token, nonce, url: verifyUrl(world) })
    const { status } = await world.get(VERIFY, { Authorization: `Bearer ${token}`, DPoP: bound })
    assert.equal(status, 401)
  })
})

describe('a proof that was used', () => {
  test('is refused, also when it is shown many times at once', async () => {
    const paired = await pair()
    const { device, token } = paired
    const nonce = await nonceOf(world, paired)
    const proof = await makeProof({ device, token, nonce, url: verifyUrl(world) })
    const ask = () => world.get(VERIFY, { Authorization: `DPoP ${token}`, DPoP: proof })
    const answers = await Promise.all(Array.from({ length: 50 }, ask))
    assert.equal(answers.filter(({ status }) => status === 204).length, 1)
    assertNo(await ask())
  })

  test('is not used up by whoever shows it with another token', async () => {
    const paired = await pair()
    const other = await pair()
    const nonce = await nonceOf(world, paired)
    const claims = { jti: 'one-for-both' }
    assert.equal((await show(paired, { nonce, claims })).status, 204)
    assert.equal((await show(other, { nonce, claims })).status, 204)
    assertNo(await show(paired, { nonce, claims }))
  })

  test('is asked for a nonce after a restart, and then cannot have one', async () => {
    const other = await openAccessWorld(ON_SQLITE)
    const paired = await other.pair()
    const { device, token } = paired
    const url = verifyUrl(other)
    const nonce = await nonceOf(other, paired)
    const port = String(other.gateway.port)
    const claims = { iat: Math.floor(Date.now() / 1_000) }
    const proof = await makeProof({ device, token, nonce, url, claims })
    const headers = { Authorization: `DPoP ${token}`, DPoP: proof, Host: `127.0.0.1:${port}` }
    assert.equal((await other.get(VERIFY, headers)).status, 204)
    await other.gateway.restart()
    const replayed = await other.get(VERIFY, headers)
    assertNo(replayed, 'use_dpop_nonce')
    const fresh = String(replayed.headers['dpop-nonce'])
    assert.notEqual(fresh, nonce)
    const again = await makeProof({ device, token, nonce: fresh, url, claims })
    assert.equal((await other.get(VERIFY, { ...headers, DPoP: again })).status, 204)
  })
})

describe('the end of a device token', () => {
  test('a revoke, a rotation and a removal are true for HTTP when they are answered (T23)', async () => {
    const methods = ['device.token.revoke', 'device.token.rotate', 'device.pair.remove'] as const
    for (const method of methods) {
      const paired = await pair()
      const { device, token } = paired
      const nonce = await nonceOf(world, paired)
      const proofs = await Promise.all(
        Array.from({ length: 300 }, () => makeProof({ device, token, nonce, url: verifyUrl(world) })),
      )
      let isOver = false
      let [before, after] = [0, 0]
      async function ask(proof: string): Promise<void> {
        const beganAfter = isOver
        const { status } = await world.get(VERIFY, { Authorization: `DPoP ${token}`, DPoP: proof })
        if (status === 204 && beganAfter) after += 1
        else if (status === 204) before += 1
      }
      const first = proofs.slice(0, 150).map(ask)
      await first[0]
      const target = { deviceId: device.id, ...(method !== 'device.pair.remove' && { role: 'operator' }) }
      await owner.call(method, target)
      isOver = true
      await Promise.all([...first, ...proofs.slice(150).map(ask)])
      assert.equal(after, 0)
      assert.ok(before > 0)
      assertNo(await show(paired, { nonce }), 'invalid_token')
    }
  })

  test('after a rotation the new secret opens, and the old one does not', async () => {
    const paired = await pair({ scopes: ['operator.pairing'] })
    const target = { deviceId: paired.device.id, role: 'operator' }
    const { token } = await paired.client.call<{ token: string }>('device.token.rotate', target)
    const nonce = await nonceOf(world, { ...paired, token })
    assert.equal((await show({ ...paired, token }, { nonce })).status, 204)
    assertNo(await show(paired, { nonce }), 'invalid_token')
  })
})

describe('behind a proxy', () => {
  const forwarded = (uri: string, method = 'GET') => ({
    'X-Forwarded-For': '192.0.2.9',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'app.example',
    'X-Forwarded-Method': method,
    'X-Forwarded-Uri': uri,
  })

  test('a proof is for the request that the proxy asks about', async () => {
    const paired = await proxied.pair()
    const { device, token } = paired
    const nonce = await nonceOf(proxied, paired, { url: 'https://app.example/', headers: forwarded('/') })
    const ask = async (url: string, headers: Headers, method = 'GET') => {
      const proof = await makeProof({ device, token, nonce, url, method })
      return proxied.get(VERIFY, { Authorization: `DPoP ${token}`, DPoP: proof, ...headers })
    }
    assert.equal((await ask('https://app.example/a', forwarded('/a?b=c'))).status, 204)
    assert.equal((await ask('https://app.example', forwarded('/'))).status, 204)
    assert.equal((await ask('https://app.example/a', forwarded('/a', 'DELETE'), 'DELETE')).status, 204)
    for (const [url, headers] of [
      [verifyUrl(proxied), forwarded('/a')],
      ['https://app.example/b', forwarded('/a')],
      ['https://app.example/a', forwarded('/a', 'DELETE')],
      ['https://other.example/a', forwarded('/a')],
      ['https://app.example/a', {}],
      // Another spelling is another address: what is judged must be what is served (T34).
      ['https://app.example/a', forwarded('/%61')],
      ['https://app.example/a', forwarded('/x/../a')],
      ['https://app.example/a', forwarded('//a')],
    ] as const)
      assertNo(await ask(url, headers))
  })
})

test('the example of RFC 8037 for Ed25519 verifies', () => {
  const key = Buffer.from('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', 'base64url')
  const text = `${base64('{"alg":"EdDSA"}')}.${base64('Example of Ed25519 signing')}`
  const signature = Buffer.from(
    'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    'base64url',
  )
  const { verifyEd25519 } = createNodeCrypto()
  assert.equal(verifyEd25519(key, text, signature), true)
  assert.equal(verifyEd25519(key, `${text} `, signature), false)
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** Section 4.1, put together from its parts: signed with ES256, which no device has. */
const RFC_9449_EXAMPLE = [
  base64(
    '{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}}',
  ),
  base64('{"jti":"-BwC3ESc6acc2lTc","htm":"POST","htu":"https://server.example.com/token","iat":1562262616}'),
  '2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg',
].join('.')
