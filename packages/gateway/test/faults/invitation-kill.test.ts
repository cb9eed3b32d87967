import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { DevicePairList, InviteResult } from '@pairgate/protocol/wire'
import { openOwner } from '../harness/owner-client.ts'
import { makeDevice } from '../harness/test-device.ts'
import { type Hello, openWireClient, type WireResponse } from '../harness/wire-client.ts'
import { otherProcess } from '../house/other-process.ts'
import { temporaryDir } from '../house/temporary-dir.ts'

const PROGRAM = new URL('./gateway-process.ts', import.meta.url)
const ROUNDS = Number(process.env['PAIRGATE_KILL_ROUNDS'] ?? 5)

async function start(stateDir: string) {
  const gateway = otherProcess(PROGRAM, stateDir)
  const [url = '', ownerSocket = ''] = (await gateway.firstLine).split(' ')
  assert.match(url, /^ws:/, 'the gateway did not start')
  return { url, owner: await openOwner({ ownerSocket, stateDir }), kill: () => gateway.kill('SIGKILL') }
}

const tokenOf = (answer: WireResponse | undefined) => (answer?.payload as Hello | undefined)?.auth.deviceToken

test('a gateway that is killed while a device redeems gives the same key the same token, and no other one any (T28)', async (t) => {
  const stateDir = join(temporaryDir(t), 'state')
  mkdirSync(stateDir, { mode: 0o700 })
  let { url, owner, kill } = await start(stateDir)
  t.after(() => kill())
  let lost = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const { secret } = await owner.call<InviteResult>('device.pair.invite', {})
    const device = makeDevice()
    const auth = { bootstrapToken: secret }
    const client = openWireClient(url)
    await client.challenge
    const answering = client.connect({ device, auth }).catch(() => undefined)
    // Each round a little later in the life of a redemption.
    for (let turn = 0; turn < 1_500 * round; turn += 1) await new Promise(setImmediate)
    await kill()
    const answer = await answering
    if (!answer) lost += 1

    ;({ url, owner, kill } = await start(stateDir))
    const again = await openWireClient(url).connect({ device, auth })
    assert.equal(again.ok, true, JSON.stringify(again.error))
    if (answer) assert.equal(tokenOf(again), tokenOf(answer))
    const other = await openWireClient(url).connect({ device: makeDevice(), auth })
    assert.equal(other.error?.details?.['code'], 'AUTH_BOOTSTRAP_TOKEN_INVALID')
    const { paired } = await owner.call<DevicePairList>('device.pair.list')
    assert.equal(paired.length, round + 1)
  }
  t.diagnostic(`${lost} of ${ROUNDS} replies were lost`)
})
