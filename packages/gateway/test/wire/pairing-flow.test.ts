import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'

test('a device that asks, is approved and comes back holds what it asked for', async (context) => {
  const gateway = await openGateway(context)

  const { hello, token, client } = await pair(gateway, { scopes: ['operator.read'] })

  assert.equal(hello.protocol, 4)
  assert.deepEqual(hello.auth.scopes, ['operator.read'])
  assert.equal(hello.auth.deviceToken, token)
  assert.ok(client.isOpen)
})
