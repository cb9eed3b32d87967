import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { GatewayIdentity } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'

test('a gateway has one public name, for everybody and after a restart', async (context) => {
  const gateway = await openGateway(context)
  const ask = async () => (await gateway.owner()).call<GatewayIdentity>('gateway.identity.get')
  const identity = await ask()
  const { client } = await pair(gateway, { scopes: ['operator.read'] })
  assert.deepEqual(await client.call('gateway.identity.get'), identity)
  await gateway.restart()
  assert.deepEqual(await ask(), identity)

  const raw = Buffer.from(identity.publicKey, 'base64url')
  assert.equal(raw.length, 32)
  assert.equal(createHash('sha256').update(raw).digest('hex'), identity.deviceId)
  for (const name of readdirSync(join(gateway.stateDir, 'secrets')))
    assert.ok(!readFileSync(join(gateway.stateDir, 'secrets', name), 'utf8').includes(identity.publicKey))
})

test('two gateways have two names', async (context) => {
  const names = await Promise.all(
    [1, 2].map(async () => {
      const owner = await (await openGateway(context)).owner()
      return owner.call<GatewayIdentity>('gateway.identity.get')
    }),
  )
  assert.equal(new Set(names.map(({ deviceId }) => deviceId)).size, 2)
})
