import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, test } from 'node:test'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const machines = [host]
let gateway: ChildProcess

before(async () => {
  gateway = host.start(['gateway', 'run', '--port', '0'])
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  for (const name of ['Kitchen one', 'kitchen two', 'Desk']) {
    const { stdout } = await host.run(['pair', '--label', name, '--no-wait', '--json'])
    const machine = createMachine()
    machines.push(machine)
    const { code, stderr } = await machine.pipe(['pair', '-', '--url', url], JSON.parse(stdout).link)
    assert.equal(code, 0, stderr)
  }
})
after(async () => {
  gateway.kill('SIGTERM')
  await collect(gateway)
  for (const machine of machines) machine.remove()
})

const names = (stdout: string) =>
  JSON.parse(stdout).paired.map((row: { operatorLabel: string }) => row.operatorLabel)

test('devices are searched, sorted and counted by the gateway', async () => {
  const { code, stdout, stderr } = await host.run(['devices', 'list', '--search', 'KITCHEN', '--json'])
  assert.equal(code, 0, stderr)
  assert.deepEqual(names(stdout), ['Kitchen one', 'kitchen two'])
  assert.equal(JSON.parse(stdout).total, 2)
  const paired = await host.run(['devices', 'list', '--sort', 'paired', '--json'])
  assert.deepEqual(names(paired.stdout), ['Kitchen one', 'kitchen two', 'Desk'])
})

test('people read how many are not shown', async () => {
  const { stdout } = await host.run(['devices', 'list', '--limit', '1'])
  assert.match(stdout, /Paired \(1\)/)
  assert.match(stdout, /\n1 of 3 devices are shown\.\n$/)
  assert.doesNotMatch((await host.run(['devices', 'list'])).stdout, /are shown/)
})

test('a word that is no order, and a number that is none, are refused', async () => {
  const sort = await host.run(['devices', 'list', '--sort', 'age'])
  assert.deepEqual([sort.code, sort.stdout], [1, ''])
  assert.match(sort.stderr, /^Invalid --sort\. Use "name", "paired", "seen" or "expires"\. Received: "age"\./)
  assert.equal((await host.run(['devices', 'list', '--limit', '0'])).code, 1)
})
