import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  ClientError,
  type Connection,
  connectAsDevice,
  createFileTokenStore,
  loadOrCreateFileKey,
} from '@pairgate/client'
import type { MigrateStatus } from '@pairgate/protocol/wire'
import { collect, createMachine, waitForOutput } from './run-cli.ts'

const DAY = 86_400_000
const host = createMachine()
const clock = join(host.stateDir, 'clock')
const env = {
  CLOCK_FILE: clock,
  NODE_OPTIONS: `--import=${new URL('./clock-of-test.ts', import.meta.url).href}`,
}
const began = Date.now()
const setClock = (days: number) => writeFileSync(clock, String(days * DAY))
const day = (days: number) => new Date(began + days * DAY).toISOString()

setClock(0)
writeFileSync(join(host.stateDir, 'pairgate.json'), JSON.stringify({ gateway: { auth: { mode: 'none' } } }), {
  mode: 0o600,
})
const gateway = host.start(['gateway', 'run', '--port', '0'], env)
const ended = collect(gateway, 580_000)
after(async () => {
  gateway.kill('SIGTERM')
  await ended
  host.remove()
})
const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)

/** An unknown client with a key and a token store of its own. */
async function unknownClient(n: number) {
  const dir = join(host.stateDir, `client-${n}`)
  const key = await loadOrCreateFileKey(join(dir, 'key.pem'))
  const tokens = createFileTokenStore(join(dir, 'tokens.json'))
  const target = { url, key, tokens, scopes: ['operator.read', 'operator.write'] }
  return { deviceId: key.deviceId, connect: () => connectAsDevice(target) }
}

async function status(code: number): Promise<MigrateStatus> {
  const result = await host.run(['migrate', 'status', '--json'])
  assert.equal(result.code, code, result.stdout + result.stderr)
  return JSON.parse(result.stdout)
}

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await host.run(args)
  assert.equal(code, 0, stdout + stderr)
  return stdout
}

test('from none with five unknown clients to enforce without locking out one that was approved', async () => {
  const clients = await Promise.all([1, 2, 3, 4, 5].map(unknownClient))
  assert.deepEqual((await status(0)).dates, null)
  const dates = { observe: day(-1), warn: day(10), enforce: day(20) }
  await run('config', 'set', 'gateway.auth.leaveNone', JSON.stringify(dates))

  // Observe: all are let in, do something, and are listed with it.
  const open: Connection[] = []
  for (const client of clients) open.push(await client.connect())
  for (const connection of open) await connection.request('status', {})
  const observed = await status(1)
  assert.equal(observed.stage, 'observe')
  assert.equal(observed.wouldBeLockedOut, 5)
  assert.deepEqual(observed.dates?.enforceAtMs, Date.parse(dates.enforce))
  assert.deepEqual(
    new Set(observed.guests.map(({ deviceId }) => deviceId)),
    new Set(clients.map(({ deviceId }) => deviceId)),
  )
  for (const guest of observed.guests) {
    assert.deepEqual(
      [guest.state, guest.connects, guest.connected, guest.methods],
      ['waiting', 1, true, { status: 1 }],
    )
    assert.deepEqual(guest.scopes, ['operator.read', 'operator.write'])
  }
  // Who asks to be paired still asks, and is not told that it is.
  const phone = createMachine()
  const asking = await phone.run(['connect', '--url', url, '--no-wait', '--json'])
  phone.remove()
  assert.equal(asking.code, 1)
  const pending = JSON.parse(asking.stdout.split('\n')[0] ?? '')
  assert.equal(pending.event, 'pending')
  const text = await host.run(['migrate', 'status', '--seen', '1d'])
  assert.equal(text.code, 1)
  assert.match(text.stdout, /6 would be locked out today/)
  assert.match(text.stdout, /called: {3}status 1x/)

  await run('devices', 'reject', pending.requestId)

  // Four are approved, which interrupts none of them.
  const requestOf = new Map(observed.guests.map(({ deviceId, requestId }) => [deviceId, String(requestId)]))
  const four = clients.slice(0, 4).map(({ deviceId }) => requestOf.get(deviceId) ?? '')
  await Promise.all(four.map((requestId) => run('devices', 'approve', requestId, '--json')))
  const approved = await status(1)
  assert.equal(approved.wouldBeLockedOut, 1)
  assert.equal(approved.guests.filter(({ state }) => state === 'approved').length, 4)
  // One comes by in between, and has its token already; the others have none yet.
  await open[0]?.close()
  open[0] = await (clients[0] as (typeof clients)[number]).connect()
  assert.ok(open[0].hello.auth.deviceToken)

  // Warn: who is not paired is told until when.
  const due = new Promise((resolve) => {
    open[4]?.onEvent(({ event, payload }) => event === 'device.pair.due' && resolve(payload))
  })
  setClock(11)
  assert.deepEqual(await due, {
    endsAtMs: Date.parse(dates.enforce),
    requestId: requestOf.get(clients[4]?.deviceId),
  })
  assert.equal((await status(1)).stage, 'warn')

  // Enforce: by its date, without a restart.
  setClock(21)
  for (const connection of open.slice(1)) assert.equal((await connection.closed).code, 4001)
  for (const [at, { connect }] of clients.entries()) {
    if (at === 4) continue
    const back = await connect()
    assert.ok(back.hello.auth.deviceToken, `client ${at + 1}`)
    assert.equal(back.hello.auth.unpaired, undefined)
    assert.ok(await back.request('status', {}))
    await back.close()
    // And with the token itself from then on.
    const again = await connect()
    assert.equal(again.hello.auth.method, 'device-token')
    await again.close()
  }
  await assert.rejects(clients[4]?.connect() ?? Promise.resolve(), (error) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'PAIRING_REQUIRED')
    // The request of the first day still waits.
    assert.equal(error.requestId, requestOf.get(clients[4]?.deviceId))
    return true
  })
  const over = await status(1)
  assert.deepEqual([over.stage, over.authMode, over.wouldBeLockedOut], ['enforce', 'pairing', 1])
  assert.equal(over.guests.filter(({ state }) => state === 'paired').length, 4)

  // A clock that is set back opens nothing.
  setClock(0)
  await assert.rejects(clients[4]?.connect() ?? Promise.resolve(), /pairing required/)
  // Who is turned away is nobody whom the change has locked out.
  await run('devices', 'reject', requestOf.get(clients[4]?.deviceId) ?? '')
  assert.equal((await status(0)).wouldBeLockedOut, 0)
})
