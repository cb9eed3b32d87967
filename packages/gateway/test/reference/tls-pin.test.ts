import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { startReferenceClient } from './reference-client.ts'
import { createReferenceDevice } from './reference-device.ts'

test('The reference client pins the fingerprint that the gateway tells, and no other', async (t) => {
  const gateway = await openGateway(t, { config: { tls: { enabled: true } } })
  const { url } = gateway
  const start = (tlsFingerprint: string) => {
    const client = startReferenceClient({ url, device: createReferenceDevice(), options: { tlsFingerprint } })
    t.after(() => client.stop())
    return client
  }
  const { code } = await start(gateway.running.tlsPin ?? '').refusals.next()
  assert.equal(code, 'NOT_PAIRED')

  const fault = await start('ab'.repeat(32)).faults.next()
  assert.equal(fault, 'gateway tls fingerprint mismatch')
})
