import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandError } from '../output/command-error.ts'
import { requestFate } from './request-fate.ts'

const unknown = (details?: unknown) =>
  new CommandError('unknown requestId', {
    shape: {
      type: 'gateway_request_error',
      code: 'INVALID_REQUEST',
      message: 'unknown requestId',
      retryable: false,
      details,
    },
  })

test('what became of a request is told as far as the gateway tells it', () => {
  assert.match(requestFate(unknown({ code: 'REQUEST_EXPIRED' })).join(), /expired/)
  assert.match(requestFate(unknown({ code: 'REQUEST_DECIDED' })).join(), /decided before/)
  assert.match(requestFate(unknown({ code: 'REQUEST_SUPERSEDED', supersededBy: 'r2' })).join(), /place: r2/)
  assert.match(requestFate(unknown({ code: 'REQUEST_SUPERSEDED' })).join(), /make room.*may ask again/)
  assert.deepEqual(requestFate(unknown()), [])
  assert.deepEqual(requestFate(unknown({ code: 'ELSE' })), [])
})
