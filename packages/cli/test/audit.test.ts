import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { type CliResult, collect, createMachine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const phone = createMachine()
let gateway: ChildProcess
let ended: Promise<CliResult>
let url = ''
let deviceId = ''

async function startGateway(): Promise<void> {
  gateway = host.start(['gateway', 'run', '--port', '0'])
  ended = collect(gateway, 580_000)
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
}
async function stopGateway(): Promise<void> {
  gateway.kill('SIGTERM')
  await ended
}
async function run(code: number, ...args: string[]): Promise<CliResult> {
  const result = await host.run(args)
  assert.equal(result.code, code, `${args.join(' ')}: ${result.stdout}${result.stderr}`)
  return result
}
const json = async (code: number, ...args: string[]) =>
  JSON.parse((await run(code, ...args, '--json')).stdout)

before(async () => {
  await startGateway()
  const connect = phone.start(['connect', '--url', url, '--name', 'Pocket', '--json'])
  const whole = collect(connect)
  await waitForOutput(connect, /"requestId"/)
  await run(0, 'devices', 'approve')
  deviceId = JSON.parse((await whole).stdout.trim().split('\n').at(-1) ?? '').deviceId
  await run(0, 'devices', 'rename', '--device', deviceId, '--name', 'Ada \u001b[2Jowner')
  await run(0, 'devices', 'rotate', '--device', deviceId, '--role', 'operator')
})
after(async () => {
  await stopGateway()
  for (const machine of [host, phone]) machine.remove()
})

test('a list shows who did what, newest first, and no letter of it drives the terminal', async () => {
  const { stdout } = await run(0, 'audit', 'list')
  for (const word of ['token-rotated', 'device-renamed', 'pairing-approved', 'owner · owner-socket'])
    assert.ok(stdout.includes(word), stdout)
  assert.ok(stdout.indexOf('token-rotated') < stdout.indexOf('pairing-approved'))
  assert.ok(stdout.includes(deviceId.slice(0, 8)))
  assert.ok(!stdout.includes('\u001b[2J'))
  assert.ok(stdout.includes('Ada \\u{1b}[2Jowner'), stdout)

  const { events, head } = await json(
    0,
    'audit',
    'list',
    '--kind',
    'device-renamed',
    '--device',
    deviceId.slice(0, 8),
  )
  assert.deepEqual([events.length, events[0].seq, events[0].before.name, head.seq], [1, 2, 'Pocket', 3])
  assert.equal((await json(0, 'audit', 'list', '--limit', '2')).events.length, 2)
  for (const [from, found] of [
    ['--since', 3],
    ['--until', 0],
  ] as const)
    assert.equal((await json(0, 'audit', 'list', from, '2026-01-31')).events.length, found)
  assert.equal((await run(0, 'audit', 'list', '--kind', 'token-moved')).stdout, 'No events.\n')
  assert.match((await run(1, 'audit', 'list', '--limit', '501')).stderr, /^At most 500 events/)
  assert.match((await run(1, 'audit', 'list', '--limit', '0')).stderr, /whole number from 1 on/)
})

test('a kind that is none does not look like an empty log', async () => {
  assert.equal((await run(0, 'audit', 'list', '--kind', 'token-revoked')).stdout, 'No events.\n')
  const { stdout, stderr } = await run(1, 'audit', 'list', '--kind', 'token-revokd')
  assert.equal(stdout, '')
  assert.match(stderr, /^No event is of the kind "token-revokd"\.\nDid you mean token-revoked\?\nKinds: /)
})

test('a device is shown with what was decided about it', async () => {
  const { stdout } = await run(0, 'devices', 'show', deviceId.slice(0, 8))
  const lines = stdout.split('\n').filter((line) => line.startsWith('History: '))
  assert.equal(lines.length, 3)
  assert.match(lines[0] ?? '', /\d\d:\d\d:\d\d {2}token-rotated by owner · owner-socket; operator\.read$/)
  assert.ok(lines[1]?.includes('Pocket → Ada \\u{1b}[2Jowner'), lines[1])
  const { history } = await json(0, 'devices', 'show', deviceId.slice(0, 8))
  assert.deepEqual(
    history.map(({ kind, seq }: { kind: string; seq: number }) => [seq, kind]),
    [
      [3, 'token-rotated'],
      [2, 'device-renamed'],
      [1, 'pairing-approved'],
    ],
  )
})

test('one event is shown in full, and one that is not there is said to be none', async () => {
  const { stdout } = await run(0, 'audit', 'show', '1')
  for (const line of [
    /^Event: {6}1 \(epoch 1\)$/m,
    /^Kind: {7}pairing-approved$/m,
    /^By: {9}owner$/m,
    /^Way in: {5}owner-socket$/m,
    /^Address: {4}this host$/m,
    /^After: {6}Pocket; scopes: operator\.read; session: /m,
    /^Seal: {7}[0-9a-f]{64}$/m,
  ])
    assert.match(stdout, line)
  assert.match(stdout, new RegExp(`^Device: {5}${deviceId}$`, 'm'))
  assert.equal((await json(0, 'audit', 'show', '3')).kind, 'token-rotated')
  assert.match(
    (await run(1, 'audit', 'show', '9')).stderr,
    /^There is no event 9\.\nThe newest one is 3\.\n$/,
  )
})

test('an export has a line for each event, oldest first, all with the same fields', async () => {
  const lines = (await run(0, 'audit', 'export')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ seq, kind }) => [seq, kind]),
    [
      [1, 'pairing-approved'],
      [2, 'device-renamed'],
      [3, 'token-rotated'],
    ],
  )
  const fields = 'seq at epoch actor via address kind device role request token before after erased mac'
  for (const line of lines) assert.deepEqual(Object.keys(line), fields.split(' '))
  assert.match(lines[0].at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.deepEqual([lines[0].address, lines[0].before, lines[1].role], [null, null, null])
  const part = (await run(0, 'audit', 'export', '--from', '2', '--to', '2')).stdout
  assert.equal(JSON.parse(part).seq, 2)
  assert.equal((await run(0, 'audit', 'export', '--from', '9')).stdout, '')
})

test('a device that is no admin reads nothing of it', async () => {
  for (const command of ['list', 'verify', 'export']) {
    const { code, stdout, stderr } = await phone.run(['audit', command, '--url', url])
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /operator\.admin/)
  }
})

test('a log that verifies exits 0, and one that another program has edited 1', async () => {
  assert.match(
    (await run(0, 'audit', 'verify')).stdout,
    /^The event log verifies: 3 events, 1 to 3\.\nHead: epoch 1, event 3/,
  )
  const sound = await json(0, 'audit', 'verify')
  assert.deepEqual([sound.ok, sound.events, sound.erased], [true, 3, 0])

  const database = new DatabaseSync(join(host.stateDir, 'pairgate.db'))
  database.exec("update events set actor = 'nobody' where seq = 2")
  const { stdout } = await run(1, 'audit', 'verify')
  assert.match(
    stdout,
    /^The event log does not verify: event 2 was changed .* \(changed\)\.\nCheck that secrets/,
  )
  const { ok, seq, fault, advice } = await json(1, 'audit', 'verify')
  assert.deepEqual([ok, seq, fault, advice.length > 0], [false, 2, 'changed', true])
  database.exec("update events set actor = 'owner' where seq = 2")
  database.close()
  await run(0, 'audit', 'verify')
})

test('a recovery explains itself, and touches neither a running gateway nor a complete log', async () => {
  const explained = await run(1, 'recover')
  assert.match(explained.stderr, /^Nothing was done\.\n.*revokes every token/s)
  assert.match((await run(1, 'recover', '--accept-rollback')).stderr, /^Another gateway is already running/)
  await stopGateway()
  assert.match((await run(0, 'recover', '--accept-rollback')).stdout, /nothing to recover/)
  assert.deepEqual(await json(0, 'recover', '--accept-rollback'), { recovered: false })
  await startGateway()
})

test('an older copy of the database is refused at the start, and goes on after a recovery', async () => {
  await stopGateway()
  const database = join(host.stateDir, 'pairgate.db')
  copyFileSync(database, join(phone.stateDir, 'older.db'))
  assert.equal(existsSync(`${database}-wal`), false)
  await startGateway()
  await run(0, 'devices', 'revoke', '--device', deviceId, '--role', 'operator')
  await stopGateway()
  copyFileSync(join(phone.stateDir, 'older.db'), database)

  const refused = await run(1, 'gateway', 'run', '--port', '0')
  assert.equal(refused.stdout, '')
  assert.match(refused.stderr, /Event 4 is not there.*\n.*\n.*openclaw recover --accept-rollback\n$/)
  const { stdout } = await run(0, 'recover', '--accept-rollback')
  assert.match(
    stdout,
    /epoch 2 begins\.\nFound: Event 4 is not there.*\nRevoked tokens: 1\. Closed requests: 0\./,
  )
  await startGateway()
  assert.match((await run(0, 'audit', 'verify')).stdout, /5 events, 1 to 5/)
  const { code, stderr } = await phone.run(['call', 'health', '--url', url])
  assert.equal(code, 1, stderr)
})
