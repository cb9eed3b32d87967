import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CliResult, COMMAND, collect, createMachine, WHAT_RUNS, waitForOutput } from './run-cli.ts'

const host = createMachine()
const phone = createMachine()
let gateway: ChildProcess
let ended: Promise<CliResult>
let url = ''
let deviceId = ''

async function run(code: number, ...args: string[]): Promise<CliResult> {
  const result = await host.run(args)
  assert.equal(result.code, code, `${args.join(' ')}: ${result.stdout}${result.stderr}`)
  return result
}
const json = async (code: number, ...args: string[]) =>
  JSON.parse((await run(code, ...args, '--json')).stdout)

before(async () => {
  gateway = host.start(['gateway', 'run', '--port', '0'])
  ended = collect(gateway, 580_000)
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
  const connect = phone.start(['connect', '--url', url, '--name', 'Pocket', '--json'])
  const whole = collect(connect)
  await waitForOutput(connect, /"requestId"/)
  await run(0, 'devices', 'approve')
  deviceId = JSON.parse((await whole).stdout.trim().split('\n').at(-1) ?? '').deviceId
  await run(0, 'devices', 'rename', '--device', deviceId, '--name', 'Ada')
})
after(async () => {
  gateway.kill('SIGTERM')
  await ended
  for (const machine of [host, phone]) machine.remove()
})

test('the feed says who asked and who was refused, and only to an admin', async () => {
  const ghost = createMachine()
  const asked = await ghost.run(['connect', '--url', url, '--no-wait', '--name', 'Ghost'])
  assert.equal(asked.code, 1)
  ghost.remove()
  const { stdout } = await run(0, 'audit', 'feed')
  assert.match(stdout, /Last \(UTC\) .*│ Kind .*│ Reason .*│ Address .*│ Device .*│ Times/)
  assert.match(stdout, /request-filed +│ not-paired +│ loopback/)
  assert.ok(!stdout.includes('Ghost'))
  const { entries } = await json(0, 'audit', 'feed', '--limit', '1')
  assert.deepEqual([entries.length, entries[0].address], [1, 'loopback'])
  assert.match((await run(1, 'audit', 'feed', '--limit', '501')).stderr, /^At most 500/)
  const { code, stdout: said, stderr } = await phone.run(['audit', 'feed', '--url', url])
  assert.deepEqual([code, said, /operator\.admin/.test(stderr)], [1, '', true])
})

test('an erasure says what it will do and does nothing without --yes where nobody can be asked', async () => {
  const { stderr, stdout } = await run(1, 'audit', 'erase', '--device', deviceId.slice(0, 8))
  assert.equal(stdout, '')
  for (const line of [
    /^Nothing was erased\.$/m,
    new RegExp(`^This erases .* of 2 events about device ${deviceId}, or done by it\\.$`, 'm'),
    /^It cannot be undone\. Backups, exports and log files keep what they hold\.$/m,
    /^The device is still paired: the list of devices keeps its name/m,
    /--yes/,
  ])
    assert.match(stderr, line)
  assert.match((await run(0, 'audit', 'show', '2')).stdout, /^After: {6}Ada$/m)
  const refused = await json(1, 'audit', 'erase', '--before', '2999-01-01')
  assert.equal(refused.error.message, 'Nothing was erased.')
  assert.match((await run(1, 'audit', 'erase', '--yes')).stderr, /^Say whose details/)
  assert.match((await run(1, 'audit', 'erase', '--before', 'soon')).stderr, /^A day or a time is needed/)
  assert.match((await run(1, 'audit', 'erase', '--device', 'ffffffff', '--yes')).stderr, /^unknown deviceId/)
  const { code, stderr: said } = await phone.run([
    'audit',
    'erase',
    '--device',
    deviceId,
    '--yes',
    '--url',
    url,
  ])
  assert.deepEqual([code, /operator\.admin/.test(said)], [1, true])
})

test('erased details are shown as erased by every command, with who ordered it, and the log verifies', async () => {
  assert.match(
    (await run(0, 'audit', 'erase', '--before', '2999-01-01', '--yes')).stdout,
    /^Erased the details of 2 events\.\n$/,
  )
  const { stdout } = await run(0, 'audit', 'list')
  assert.equal(stdout.match(/details erased/g)?.length, 2, stdout)
  assert.match(stdout, /details-erased .*2 events up to 2, from before/)
  assert.match((await run(0, 'audit', 'show', '2')).stdout, /^Address: {4}erased$/m)
  assert.match(
    (await run(0, 'audit', 'show', '3')).stdout,
    /^Kind: {7}details-erased$.*^After: {6}2 events up to 2, from before 2999/ms,
  )
  const lines = (await run(0, 'audit', 'export')).stdout.trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)).map(({ erased, before, after }) => [erased, before, after]),
    [
      [true, null, null],
      [true, null, null],
      [false, null, { count: 2, seq: 2, untilMs: Date.UTC(2999, 0, 1) }],
    ],
  )
  assert.match((await run(0, 'audit', 'verify')).stdout, /^The details of 2 events were erased\.$/m)
  assert.equal((await run(0, 'audit', 'erase', '--device', deviceId)).stdout, 'There is nothing to erase.\n')
  assert.deepEqual(await json(0, 'audit', 'erase', '--device', deviceId), { events: 0 })
})

test('a pruning says what it will do, exports first, and the rest verifies', async () => {
  const file = join(host.stateDir, 'old.jsonl')
  const said = await run(1, 'audit', 'prune', '--before', '3')
  assert.equal(said.stdout, '')
  for (const line of [
    /^Nothing was pruned\.$/m,
    /^This deletes 2 events, 1 to 2, for ever\.$/m,
    /^They are not exported\. To keep them elsewhere, add: --export <file>$/m,
    /--yes/,
  ])
    assert.match(said.stderr, line)
  assert.match((await run(1, 'audit', 'prune', '--before', 'soon')).stderr, /^A day or a time is needed/)
  assert.match((await run(1, 'audit', 'prune')).stderr, /--before/)

  writeFileSync(file, 'mine')
  const taken = await run(1, 'audit', 'prune', '--before', '3', '--export', file, '--yes')
  assert.match(taken.stderr, /^Nothing was pruned: .* cannot be written \(it is there already\)\.$/m)
  assert.equal(readFileSync(file, 'utf8'), 'mine')
  assert.equal((await json(0, 'audit', 'list')).first, 1)

  const fresh = join(host.stateDir, 'fresh.jsonl')
  // No file of this process may grow, as on a full disk.
  const words = [process.execPath, COMMAND, 'audit', 'prune', '--before', '3', '--export', fresh, '--yes']
  const full = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f 0; exec "$@"`, 'sh', ...words], {
    env: { ...process.env, ...WHAT_RUNS, PAIRGATE_STATE_DIR: host.stateDir },
  })
  const stopped = await collect(full)
  assert.match(stopped.stderr, /^Nothing was pruned: .* cannot be written \(EFBIG\)\.\nName another file /)
  assert.equal(existsSync(fresh), false)
  const { stdout } = await run(0, 'audit', 'prune', '--before', '3', '--export', fresh, '--yes')
  assert.equal(stdout, 'Pruned 2 events, 1 to 2.\n')
  const lines = readFileSync(fresh, 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).seq),
    [1, 2],
  )
  assert.equal(statSync(fresh).mode & 0o777, 0o600)

  const verified = (await run(0, 'audit', 'verify')).stdout
  assert.match(verified, /^The event log verifies: 2 events, 3 to 4\.$/m)
  assert.match(verified, /^Pruned up to event 2 of \d{4}-.*, as the sealed event 4 says\.$/m)
  assert.match((await run(1, 'audit', 'show', '1')).stderr, /^The log begins at 3\. Was it pruned\?/m)
  assert.match(
    (await run(0, 'audit', 'show', '4')).stdout,
    /^After: {6}2 events up to 2, of \d{4}-.*; seal: [0-9a-f]{64}$/m,
  )
  assert.equal((await run(0, 'audit', 'export')).stdout.trim().split('\n').length, 2)
  assert.equal(
    (await run(0, 'audit', 'prune', '--before', '2020-01-01')).stdout,
    'There is nothing to prune.\n',
  )
})
