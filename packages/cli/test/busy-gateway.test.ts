import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startHost } from './host-of-test.ts'
import { startOwnerRelay } from './owner-relay.ts'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

const hooks = { after }
const { host, url } = await startHost(hooks)
const relay = await startOwnerRelay(hooks, join(host.stateDir, 'gateway.sock'))
const through = { OPENCLAW_GATEWAY_SOCK: relay.path }

test('who waits for a device goes on waiting at a gateway that is just closing', async (context) => {
  const inviting = host.start(['pair', '--json'], through)
  const ended = collect(inviting)
  const [, link = ''] = await waitForOutput(inviting, /"link":"([^"]+)"/)
  relay.cutAndBeBusy(2)
  const phone = createMachine()
  context.after(() => phone.remove())
  const joined = await phone.run(['pair', link, '--json'])
  assert.equal(joined.code, 0, joined.stderr)
  const { code, stdout } = await ended
  assert.equal(code, 0, stdout)
  assert.match(stdout, /"event":"joined"/)
  assert.equal(relay.busyLeft(), 0)
})

test('who watches the list goes on watching', async (context) => {
  const watching = host.start(['devices', 'list', '--watch', '--json'], through)
  context.after(() => void watching.kill('SIGKILL'))
  await waitForOutput(watching, /"paired":\[/)
  relay.cutAndBeBusy(1)
  const seen = waitForOutput(watching, /"displayName":"Newcomer"/)
  const newcomer = createMachine()
  context.after(() => newcomer.remove())
  await newcomer.run(['connect', '--url', url, '--no-wait', '--name', 'Newcomer'])
  await seen
  assert.equal(relay.busyLeft(), 0)
})

test('who has just begun is told that it is busy, and to try again', async () => {
  relay.cutAndBeBusy(1)
  const { code, stderr } = await host.run(['pair'], through)
  assert.equal(code, 1)
  assert.match(stderr, /^gateway is busy; retry shortly\nWait a little, then try again\.\n/)
})
