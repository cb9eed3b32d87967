import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CliResult, collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const machines: Machine[] = [host]
const gateway = host.start(['gateway', 'run', '--port', '0'])
const stopped = collect(gateway, 580_000)
let url = ''

function newDevice(): Machine {
  const machine = createMachine()
  machines.push(machine)
  return machine
}
const idOf = ({ deviceId }: { deviceId: string }) => deviceId
const lastOf = ({ stdout }: CliResult) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

before(async () => {
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
})
after(async () => {
  gateway.kill('SIGTERM')
  await stopped
  for (const machine of machines) machine.remove()
})

test('what an operator device handed out is worth nothing once that device is revoked', async () => {
  const scopes = ['operator.pairing', 'operator.read']
  const made = lastOf(await host.run(['pair', '--no-wait', '--json', '--scope', ...scopes]))
  const operator = newDevice()
  const entered = lastOf(await operator.run(['pair', made.link, '--json']))
  assert.deepEqual(entered.scopes, scopes)

  const invite = ['pair', '--no-wait', '--json', '--url', url]
  const [first, second] = [lastOf(await operator.run(invite)), lastOf(await operator.run(invite))]
  const guest = await newDevice().run(['pair', first.link, '--json'])
  assert.equal(guest.code, 0, guest.stderr)
  const more = await operator.run([...invite, '--scope', 'operator.admin'])
  assert.equal(more.code, 1)
  assert.ok(!more.stdout.includes('pgi_'))

  const revoke = ['devices', 'revoke', '--device', entered.deviceId, '--role', 'operator']
  const revoked = await host.run(revoke)
  assert.equal(revoked.code, 0, revoked.stderr)
  const { deviceId: guestId } = lastOf(guest)
  assert.deepEqual(JSON.parse(revoked.stdout).standing.map(idOf), [guestId])
  assert.match(
    revoked.stderr,
    /^What it had let in still stands: .+\.\nTo revoke that as well: .+ --cascade\n$/,
  )
  const all = await host.run([...revoke, '--cascade'])
  assert.deepEqual(JSON.parse(all.stdout).taken.map(idOf), [guestId])
  assert.equal(all.stderr, '')
  const byCode = await newDevice().run(['pair', second.code, '--url', url])
  const byLink = await newDevice().run(['pair', second.link])
  assert.deepEqual([byCode.code, byLink.code], [1, 1])
  assert.match(byCode.stderr, /^The code is wrong, has run out, or was used\.\n/)
  assert.match(byLink.stderr, /^The link has run out, was cancelled, or was used by another device\.\n/)
  const still = await host.run(['pair', 'list', '--all', '--json'])
  const row = JSON.parse(still.stdout).invitations.find((one: { id: string }) => one.id === second.id)
  assert.equal(row.state, 'cancelled')
})
