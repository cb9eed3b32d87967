import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { AuditVerdict, DevicePairList } from '@pairgate/protocol/wire'
import { openOwner } from '../harness/owner-client.ts'
import { makeDevice } from '../harness/test-device.ts'
import { openWireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import { temporaryDir } from '../house/temporary-dir.ts'
import { readiness } from './fault-tools.ts'

const PROGRAM = fileURLToPath(new URL('./gateway-process.ts', import.meta.url))

/** A gateway whose files may not grow beyond some hundred kilobytes. Any user may start one, and set it free. */
async function startLimited(context: TestContext, stateDir: string) {
  mkdirSync(stateDir, { mode: 0o700 })
  const script = 'ulimit -S -f 1200 && exec "$@"'
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, PROGRAM, stateDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  context.after(() => {
    child.kill('SIGKILL')
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const [url = '', ownerSocket = ''] = String(line).split(' ')
  const setFree = () => execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited'])
  return { url, port: Number(new URL(url).port), ownerSocket, setFree }
}

test('a database that may not grow refuses decisions whole, and takes them again when it may', {
  skip: process.platform !== 'linux' && 'only Linux lifts the limit of a process that runs',
}, async (context) => {
  const stateDir = join(temporaryDir(context), 'state')
  const gateway = await startLimited(context, stateDir)
  const owner = await openOwner({ ownerSocket: gateway.ownerSocket, stateDir })
  const device = makeDevice()
  const client = openWireClient(gateway.url)
  const { error } = await client.connect({ device, scopes: ['operator.read'] })
  client.socket.terminate()
  await owner.call('device.pair.approve', { requestId: error?.details?.['requestId'] })

  const rename = (label: string) => owner.request('device.pair.rename', { deviceId: device.id, label })
  const labelNow = async () => (await owner.call<DevicePairList>('device.pair.list')).paired[0]?.operatorLabel
  const soundEvents = async () => {
    const verdict = await owner.call<AuditVerdict>('audit.verify')
    assert.ok(verdict.ok, JSON.stringify(verdict))
    return verdict.events
  }
  let renamed = 0
  for (;;) {
    const answer = await rename(`label ${renamed + 1}`)
    if (!answer.ok) {
      assert.equal(answer.error?.code, 'UNAVAILABLE')
      break
    }
    renamed += 1
    assert.ok(renamed < 2_000, 'the limit was never met')
  }
  assert.equal(await labelNow(), `label ${renamed}`)
  assert.equal(await soundEvents(), 1 + renamed)

  gateway.setFree()
  await eventually(async () => (await readiness(gateway)).status === 200, 'readiness')
  assert.ok((await rename('free')).ok)
  assert.equal(await labelNow(), 'free')
  assert.equal(await soundEvents(), 2 + renamed)
  context.diagnostic(`${renamed} renames before the limit was met`)
})
