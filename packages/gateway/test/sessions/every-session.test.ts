import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { METHOD_NAMES, METHODS, type MethodRow } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'

const gateway = await openGateway({ after })

test('an admin of one session is refused exactly what is about the whole gateway', async () => {
  const { client } = await pair(gateway, {
    scopes: ['operator.admin'],
    approval: { session: 'new' },
    extended: true,
  })
  for (const name of METHOD_NAMES) {
    const { session }: MethodRow = METHODS[name]
    const { error } = await client.request(name, { unknown: true })
    if (session === 'every')
      assert.deepEqual(
        error,
        {
          code: 'FORBIDDEN',
          message: 'the token opens one session, and this is about all of them',
          details: { code: 'SESSION_BOUND' },
        },
        name,
      )
    else assert.match(error?.message ?? '', /unexpected property 'unknown'/, name)
  }
})
test('an admin of every session is refused none of it', async () => {
  const { client } = await pair(gateway, { scopes: ['operator.admin'], extended: true })
  for (const name of METHOD_NAMES) {
    const { error } = await client.request(name, { unknown: true })
    assert.notEqual(error?.code, 'FORBIDDEN', name)
  }
})
