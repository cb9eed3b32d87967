import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, test } from 'node:test'
import type { AuditList } from '@pairgate/protocol/wire'
import { startPostgres } from '@pairgate/store/testing'
import { openGateway } from '../harness/gateway-of-test.ts'
import { type PairedDevice, pair } from '../harness/pair.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { READER } from './race-world.ts'
import { openSlowWire } from './slow-wire.ts'

const ROUNDS = 6
const server = await startPostgres({ after })
const direct = await server.freshDatabase()
const wire = await openSlowWire({ after }, Number(new URL(direct).port))
const gateway = await openGateway({ after }, { env: { DATABASE_URL: wire.urlOf(direct) } })

/** Devices whose tokens this process has not seen yet: it started again after they were paired. */
async function strangersToMemory(): Promise<readonly PairedDevice[]> {
  const devices: PairedDevice[] = []
  for (let n = 0; n < ROUNDS; n += 1) devices.push(await pair(gateway, { scopes: READER }))
  await gateway.restart()
  return devices
}

async function revoke(owner: WireClient, { device }: PairedDevice): Promise<void> {
  await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Connects while a read is kept, revokes meanwhile, and lets the old answer arrive after that. */
async function revokeDuringRead(owner: WireClient, paired: PairedDevice, text: string): Promise<void> {
  const { device, token } = paired
  const ask = { device, scopes: READER, auth: { deviceToken: token }, extended: true }
  const kept = wire.keep(text)
  const socket = gateway.open()
  const answer = socket.connect(ask)
  await kept.caught
  await revoke(owner, paired)
  kept.release()

  const { ok, error } = await answer
  assert.deepEqual([ok, error?.code], [false, 'UNAVAILABLE'])
  await expectClose(socket, 1013, 'try again later')
  // And nobody remembers what was read too early.
  const { error: late } = await gateway.open().connect(ask)
  assert.equal(late?.details?.['authReason'], 'token_revoked')
}

test('a token that is revoked while it is being read opens nothing, now or later (T23)', async () => {
  const devices = await strangersToMemory()
  const owner = await gateway.owner()
  for (const paired of devices) await revokeDuringRead(owner, paired, hashOf(paired.token))
})

test('a token that is revoked before its hello has left gets no hello (T23)', async () => {
  const devices = await strangersToMemory()
  const owner = await gateway.owner()
  for (const paired of devices) {
    const deviceId = paired.device.id
    const { events } = await owner.call<AuditList>('audit.list', { deviceId, limit: 1 })
    const session = events[0]?.after?.session
    assert.ok(session)
    await revokeDuringRead(owner, paired, session)
  }
})

test('a revoke whose own instance could not read of it ends the connection as soon as it can (T23)', async () => {
  const owner = await gateway.owner()
  for (let round = 0; round < ROUNDS / 2; round += 1) {
    const { device, token, client } = await pair(gateway, { scopes: READER })
    const breaking = wire.breakReadersAtCommit()
    const error = await owner.fail('device.token.revoke', { deviceId: device.id, role: 'operator' })
    await breaking.broken
    // It was committed, but the gate may be open: so nobody was told that it was revoked.
    assert.equal(error.code, 'UNAVAILABLE')
    breaking.callOff()
    await expectClose(client, 4001, 'device removed')
    const { error: late } = await gateway.open().connect({ device, auth: { deviceToken: token } })
    assert.equal(late?.details?.['authReason'], 'token_revoked')
  }
})
