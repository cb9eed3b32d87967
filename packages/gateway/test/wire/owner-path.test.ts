import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SCOPES } from '@pairgate/protocol'
import { connectParams } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { connectOwner } from '../harness/owner-client.ts'
import { pair } from '../harness/pair.ts'
import { expectClose, type Hello } from '../harness/wire-client.ts'

const gateway = await openGateway({ after }, { config: { auth: { token: 'the-shared-token' } } })

test('the owner gets the scopes that it asks for, and every session', async () => {
  const { response, client } = await connectOwner(gateway, { scopes: SCOPES })
  const { auth } = response.payload as Hello
  assert.deepEqual(auth, { role: 'operator', scopes: [...SCOPES], method: 'owner', session: '*' })
  await client.end()
})

test('the owner that asks for little may do little', async () => {
  const owner = await gateway.owner({ scopes: ['operator.read'] })
  assert.equal((await owner.request('status')).ok, true)
  assert.equal((await owner.fail('device.pair.list')).details?.['missingScope'], 'operator.pairing')
})

test('an OpenClaw client on the socket sees no field that it does not know', async () => {
  const { response, client } = await connectOwner(gateway, { scopes: ['operator.read'], extended: false })
  assert.deepEqual((response.payload as Hello).auth, { role: 'operator', scopes: ['operator.read'] })
  await client.end()
})

test('a wrong proof is refused, and so is the proof of the gateway sent back', async () => {
  const proofs = [
    () => 'x',
    (right: string) => `${right}x`,
    (right: string) => right.slice(0, -1),
    (_right: string, gatewayProof: string) => gatewayProof,
  ]
  for (const proof of proofs) {
    const { client, response } = await connectOwner(gateway, { proof })
    assert.deepEqual(response.error, {
      code: 'NOT_PAIRED',
      message: 'device identity required',
      details: { code: 'DEVICE_IDENTITY_REQUIRED' },
    })
    await expectClose(client, 1008, 'device identity required')
  }
})

test('the proof of one socket is worth nothing on another', async () => {
  const first = await connectOwner(gateway)
  const { params } = first.client.sent[0] as { params: Record<string, unknown> }
  const { auth } = params as { auth: { ownerProof: string } }

  const { response } = await connectOwner(gateway, { proof: () => auth.ownerProof })
  assert.equal(response.error?.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
  await first.client.end()
})

test('without a usable nonce nothing is signed for nobody', async () => {
  for (const nonce of [undefined, 'short', 'A'.repeat(42), '*'.repeat(43), 'A'.repeat(129)]) {
    const client = gateway.openOwnerSocket(nonce)
    await expectClose(client, 1008, 'invalid-handshake')
    assert.equal(client.received.length, 0)
  }
})

test('no other credential counts on the socket, neither the shared secret nor a paired device', async () => {
  const { device, token } = await pair(gateway)
  for (const auth of [{ token: 'the-shared-token' }, { deviceToken: token }, undefined]) {
    const client = gateway.openOwnerSocket('A'.repeat(43))
    const params = connectParams(await client.challenge, { device, ...(auth && { auth }) })
    const error = await client.fail('connect', params)
    assert.match(error.message, /^invalid connect params: /)
    await client.closed
  }
})

test('over TCP an owner proof is no credential, and the challenge holds none', async () => {
  const client = gateway.open({ headers: { 'x-pairgate-owner-nonce': 'A'.repeat(43) } })
  const challenge = await client.challenge
  assert.equal(challenge.ownerProof, undefined)

  const error = await client.fail('connect', connectParams(challenge, { auth: { ownerProof: 'x' } }))
  assert.match(error.message, /unexpected property 'ownerProof'/)
})

test('an owner is an operator: another role is invalid, however good the proof', async () => {
  for (const role of ['node', 'admin']) {
    const { client, response } = await connectOwner(gateway, { role })
    assert.deepEqual(response.error, { code: 'INVALID_REQUEST', message: 'invalid role' })
    await expectClose(client, 1008, 'invalid role')
  }
})

test('socket, database and keys are for their owner only', () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
  assert.equal(modeOf(gateway.ownerSocket), '600')
  assert.equal(modeOf(gateway.stateDir), '700')
  for (const name of ['pairgate.db', 'secrets/token.key', 'secrets/local.key', 'gateway.lock.db']) {
    assert.equal(modeOf(join(gateway.stateDir, name)), '600', name)
  }
})

test('the header x-openclaw-scopes narrows the owner as it narrows everybody', async () => {
  const { response, client } = await connectOwner(gateway, {
    scopes: ['operator.read', 'operator.admin'],
    headers: { 'x-openclaw-scopes': 'operator.read' },
  })
  assert.deepEqual((response.payload as Hello).auth.scopes, ['operator.read'])
  await client.end()
})
