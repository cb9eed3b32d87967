import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { OwnerConnectParams } from '@pairgate/protocol/wire'
import { Check } from 'typebox/value'
import { helloOf, startStrictGateway } from '../test/strict-gateway.ts'
import type { Peer, StrictGateway } from '../test/strict-state.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { connectAsOwner } from './connect-as-owner.ts'

const NONCE = 'the-nonce-of-the-gateway'

interface OwnerSocket {
  readonly socketPath: string
  readonly gateway: StrictGateway
}

/** Written out, not taken from the shared function: both proofs and their text are checked by hand. */
function proof(key: Uint8Array, side: string, clientNonce: string): string {
  return createHmac('sha256', key)
    .update(`pairgate-owner-1|${side}|${clientNonce}|${NONCE}`)
    .digest('base64url')
}

async function ownerSocket(
  t: TestContext,
  gatewayProof: (clientNonce: string) => string | undefined,
  answer: (peer: Peer, params: unknown, clientNonce: string) => void = () =>
    assert.fail('nothing may be sent'),
): Promise<OwnerSocket> {
  const socketPath = join(await temporaryFolder(t), 'a:b c.sock')
  const gateway = await startStrictGateway(socketPath)
  t.after(() => gateway.close())
  gateway.welcome = (peer) => {
    const clientNonce = String(peer.request.headers['x-pairgate-owner-nonce'])
    peer.socket.on('message', (data) => {
      gateway.heard.push(data.toString())
      answer(peer, JSON.parse(data.toString()).params, clientNonce)
    })
    const ownerProof = gatewayProof(clientNonce)
    peer.send({
      type: 'event',
      event: 'connect.challenge',
      payload: { nonce: NONCE, ts: 1, ownerProof },
    })
  }
  return { socketPath, gateway }
}

test('the owner and the gateway prove to each other that they hold the local key', async (t) => {
  const localKey = randomBytes(32)
  const nonces: string[] = []
  const { socketPath, gateway } = await ownerSocket(
    t,
    (clientNonce) => proof(localKey, 'gateway', clientNonce),
    (peer, params, clientNonce) => {
      nonces.push(clientNonce)
      assert.ok(Check(OwnerConnectParams, params))
      assert.deepEqual(params.auth, { ownerProof: proof(localKey, 'client', clientNonce) })
      assert.deepEqual(
        [params.role, params.scopes, params.device],
        ['operator', ['operator.admin'], undefined],
      )
      assert.deepEqual([params.client.id, params.client.mode], ['cli', 'cli'])
      peer.send({
        type: 'res',
        id: '1',
        ok: true,
        payload: helloOf(gateway, { role: 'operator', scopes: ['operator.admin'] }),
      })
    },
  )
  for (let n = 0; n < 2; n += 1) {
    const connection = await connectAsOwner({ socketPath, localKey, scopes: ['operator.admin'] })
    assert.deepEqual(connection.hello.auth.scopes, ['operator.admin'])
    await connection.close()
  }
  assert.match(nonces[0] ?? '', /^[A-Za-z0-9_-]{43}$/)
  assert.notEqual(nonces[0], nonces[1])
})

const localKey = randomBytes(32)
const wrongProofs: Readonly<Record<string, (clientNonce: string) => string | undefined>> = {
  'without a proof': () => undefined,
  'with an empty proof': () => '',
  'with the proof of another key': (nonce) => proof(randomBytes(32), 'gateway', nonce),
  'with the proof of the wrong side': (nonce) => proof(localKey, 'client', nonce),
  'with a proof over another nonce': () => proof(localKey, 'gateway', 'another'),
  'with a proof that is cut short': (nonce) => proof(localKey, 'gateway', nonce).slice(0, -1),
}
for (const [what, gatewayProof] of Object.entries(wrongProofs)) {
  test(`a program on the socket ${what} is sent nothing`, async (t) => {
    const { socketPath, gateway } = await ownerSocket(t, gatewayProof)
    await assert.rejects(connectAsOwner({ socketPath, localKey, scopes: [] }), { code: 'OWNER_PROOF' })
    await new Promise((done) => setTimeout(done, 20))
    assert.deepEqual(gateway.heard, [])
  })
}

test('a key that is not 32 bytes long proves nothing', async (t) => {
  const short = randomBytes(16)
  const { socketPath, gateway } = await ownerSocket(t, (nonce) => proof(short, 'gateway', nonce))
  await assert.rejects(connectAsOwner({ socketPath, localKey: short, scopes: [] }), { code: 'OWNER_PROOF' })
  assert.deepEqual(gateway.heard, [])
})

test('a socket that is not there is unreachable', async (t) => {
  const socketPath = join(await temporaryFolder(t), 'none.sock')
  await assert.rejects(connectAsOwner({ socketPath, localKey, scopes: [] }), {
    code: 'UNREACHABLE',
    message: `Gateway not reachable at ${socketPath} (ENOENT).`,
  })
})
