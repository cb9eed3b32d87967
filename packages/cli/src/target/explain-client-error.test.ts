import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientError } from '@pairgate/client'
import { explainClientError } from './explain-client-error.ts'

const place = {
  target: { kind: 'url', url: 'ws://127.0.0.1:28999', source: 'cli --url', secret: undefined },
  configFile: '/state/pairgate.json',
} as const

test('an unreachable gateway is told with how to start it, where it was looked for, and who said so', () => {
  const message = 'Gateway not reachable at ws://127.0.0.1:28999 (ECONNREFUSED).'
  const error = explainClientError(
    new ClientError('UNREACHABLE', message, { details: { cause: 'ECONNREFUSED' } }),
    place,
  )
  assert.equal(error.message, message)
  assert.deepEqual(error.next, [
    'Start it with `openclaw gateway run` or check `openclaw gateway status`.',
    'Gateway target: ws://127.0.0.1:28999',
    'Source: cli --url',
    'Config: /state/pairgate.json',
  ])
  assert.deepEqual(error.shape, {
    type: 'gateway_transport_error',
    kind: 'closed',
    message,
    reason: 'ECONNREFUSED',
  })
  assert.deepEqual(error.gateway, { url: 'ws://127.0.0.1:28999', urlSource: 'cli --url' })
})

test('a timeout is told with its length', () => {
  const client = new ClientError('TIMEOUT', 'gateway timeout after 1ms', { details: { timeoutMs: 1 } })
  assert.deepEqual(explainClientError(client, place).shape, {
    type: 'gateway_transport_error',
    kind: 'timeout',
    message: 'gateway timeout after 1ms',
    timeoutMs: 1,
  })
})

test('a close is told with its reason', () => {
  const facts = { closeCode: 4001, closeReason: 'device removed' }
  const { shape } = explainClientError(
    new ClientError('CLOSED', 'gateway closed (4001): device removed', facts),
    place,
  )
  assert.deepEqual(shape, {
    type: 'gateway_transport_error',
    kind: 'closed',
    message: 'gateway closed (4001): device removed',
    reason: 'device removed',
  })
})

test("a pairing refusal is told in the words of OpenClaw's command", () => {
  const texts = {
    'not-paired': 'device pairing required (requestId: r1)',
    'scope-upgrade': 'scope upgrade pending approval (requestId: r1)',
    'role-upgrade': 'role upgrade pending approval (requestId: r1)',
  }
  for (const [reason, text] of Object.entries(texts)) {
    const details = { code: 'PAIRING_REQUIRED', reason, requestId: 'r1' }
    const error = explainClientError(
      new ClientError('PAIRING_REQUIRED', 'x', { details, errorCode: 'NOT_PAIRED' }),
      place,
    )
    assert.equal(error.message, text)
    assert.deepEqual(error.next, ['Approve it on the gateway: openclaw devices approve r1'])
    assert.deepEqual(error.shape, {
      type: 'gateway_request_error',
      code: 'NOT_PAIRED',
      message: text,
      details,
      retryable: false,
    })
  }
})

test('a device whose token has expired is told so, beside the request that it filed', () => {
  const details = { reason: 'not-paired', authReason: 'token_expired', requestId: 'r1' }
  const refused = new ClientError('PAIRING_REQUIRED', 'x', { details, errorCode: 'NOT_PAIRED' })
  const { message, next } = explainClientError(refused, place)
  assert.equal(message, 'device pairing required (requestId: r1)')
  assert.deepEqual(next, [
    'The token of this device has expired.',
    'Approve it on the gateway: openclaw devices approve r1',
  ])
})

test('a refusal that nobody foresaw is told in the words of the gateway', () => {
  const error = explainClientError(
    new ClientError('INVALID_REQUEST', 'unknown method: nope', { errorCode: 'INVALID_REQUEST' }),
    place,
  )
  assert.equal(error.message, 'unknown method: nope')
  assert.deepEqual(error.shape, {
    type: 'gateway_request_error',
    code: 'INVALID_REQUEST',
    message: 'unknown method: nope',
    retryable: false,
  })
})

test('a refused plaintext address keeps its advice', () => {
  const client = new ClientError('PLAINTEXT_REFUSED', 'SECURITY ERROR: no.\nUse wss://.')
  const error = explainClientError(client, place)
  assert.equal(error.message, 'SECURITY ERROR: no.')
  assert.deepEqual(error.next, ['Use wss://.'])
  assert.deepEqual(error.shape, { type: 'cli_error', message: 'SECURITY ERROR: no.' })
})

test('what is over in a moment is told as a second, not as none', () => {
  const starting = new ClientError('REFUSED', 'gateway starting; retry shortly', {
    errorCode: 'UNAVAILABLE',
    retryAfterMs: 500,
  })
  assert.deepEqual(explainClientError(starting, place).next, ['Wait 1s, then try again.'])
})
