import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const laptop = createMachine()
const gateway = host.start(['gateway', 'run', '--port', '0'])
const ended = collect(gateway, 580_000)
let url = ''
let deviceId = ''

before(async () => {
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
  const connect = laptop.start(['connect', '--url', url, '--name', 'Laptop', '--json'])
  const whole = collect(connect)
  const [, requestId = ''] = await waitForOutput(connect, /"requestId":"([^"]+)"/)
  const approved = await host.run(['devices', 'approve', requestId, '--expires', '30d', '--json'])
  deviceId = JSON.parse(approved.stdout).device.deviceId
  assert.equal((await whole).code, 0)
})
after(async () => {
  gateway.kill('SIGTERM')
  await ended
  for (const machine of [host, laptop]) machine.remove()
})

const list = async () => (await host.run(['devices', 'list'], { COLUMNS: '200' })).stdout

test('the list shows when a token ends, and warns within the last week', async () => {
  assert.match(await list(), /operator \(in 30d\)/)
  assert.doesNotMatch(await list(), /within a week/)
  const extended = await host.run(['devices', 'extend', deviceId, '--expires', '6d'])
  assert.match(extended.stdout, /expires in 6d\n/)
  const renew = `openclaw devices extend ${deviceId.slice(0, 8)} --role operator --expires 30d`
  assert.ok((await list()).includes(`Laptop (operator) ends in 6d: ${renew}`))
})

test('a device whose token has expired is told so by every command, and extending it ends that', async () => {
  assert.equal((await host.run(['devices', 'extend', deviceId, '--expires', '1s'])).code, 0)
  const call = async () => laptop.run(['call', 'health', '--url', url])
  let refused = await call()
  while (refused.code === 0) refused = await call()
  assert.match(
    refused.stderr,
    /^device pairing required \(requestId: .+\)\nThe token of this device has expired\.\n/,
  )

  const people = await laptop.run(['connect', '--url', url, '--no-wait'])
  assert.match(people.stdout, /^The token of this device has expired\. An operator has to renew it\.\n/)
  const programs = await laptop.run(['connect', '--url', url, '--no-wait', '--json'])
  const [line = ''] = programs.stdout.split('\n')
  assert.equal(JSON.parse(line).authReason, 'token_expired')
  assert.match(await list(), /operator \(expired\)/)

  assert.equal((await host.run(['devices', 'extend', deviceId, '--expires', '30d'])).code, 0)
  assert.equal((await call()).code, 0)
})
