import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  bytesBelow,
  insertPaired,
  makeDevice,
  openClawDatabase,
  openClawToken,
  openWireClient,
  pairedRow,
} from '@pairgate/gateway/testing'
import { type CliResult, collect, createMachine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const home = mkdtempSync(join(tmpdir(), 'pairgate-home-'))
const from = join(home, '.openclaw')
const scopes = ['operator.read', 'operator.write']
const devices = Array.from({ length: 6 }, () => makeDevice())
const deviceOf = (n: number) => devices[n - 1] ?? makeDevice()
const said: string[] = []
const source = openClawDatabase(from, [
  pairedRow(deviceOf(1), 1, { scopes, row: { operatorLabel: 'My laptop' } }),
  pairedRow(deviceOf(2), 2, { scopes: ['operator.admin'] }),
  pairedRow(deviceOf(3), 3, { role: 'node', scopes: [] }),
  pairedRow(deviceOf(4), 4, { scopes, token: { revokedAtMs: 7 } }),
  pairedRow({ ...deviceOf(5), publicKey: deviceOf(6).publicKey }, 5, { scopes }),
])
source
  .prepare(
    'insert into device_pairing_pending (request_id, device_id, public_key, role, ts) values (?, ?, ?, ?, ?)',
  )
  .run('r', deviceOf(6).id, deviceOf(6).publicKey, 'operator', 1)

after(() => {
  source.close()
  host.remove()
  rmSync(home, { recursive: true, force: true })
  const secrets = devices.map((_, at) => openClawToken(at + 1))
  assert.ok(!secrets.some((secret) => said.join('\n').includes(secret)), 'a secret was said')
})

async function migrate(...args: string[]): Promise<CliResult> {
  const result = await host.run(['migrate', ...args], { HOME: home })
  said.push(result.stdout, result.stderr)
  return result
}
async function migrated(...args: string[]) {
  const { code, stdout, stderr } = await migrate(...args, '--json')
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

async function withGateway(use: (url: string) => Promise<void>): Promise<void> {
  const gateway: ChildProcess = host.start(['gateway', 'run', '--port', '0'])
  const ended = collect(gateway, 580_000)
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  try {
    await use(url)
  } finally {
    gateway.kill('SIGTERM')
    const { stdout, stderr } = await ended
    said.push(stdout, stderr)
  }
}

test('without --apply it says what it would do, and neither directory is touched', async () => {
  const before = bytesBelow(from)
  const { code, stdout } = await migrate()
  assert.equal(code, 0)
  assert.match(stdout, /\.openclaw\/state\/openclaw\.sqlite \(OpenClaw 2026\.9\.6\)/)
  assert.match(stdout, /My laptop +│ [0-9a-f]{8} │ operator │ operator\.read, operator\.write/)
  assert.match(stdout, /Left behind \(1\)[\s\S]*its id is not the hash of its key/)
  assert.match(
    stdout,
    /Waiting there, not imported[\s\S]*Nothing was changed\.[\s\S]*openclaw migrate --apply/,
  )
  assert.deepEqual(bytesBelow(from), before)
  assert.deepEqual(readdirSync(host.stateDir), [])
})

test('with --apply three devices come back with their old tokens, then with ours; no secret lies anywhere', async () => {
  const before = bytesBelow(from)
  const { source: read, skipped, pending, ...done } = await migrated('--apply')
  assert.deepEqual([done.applied, done.new, done.backup, read.kind], [true, 4, null, 'sqlite'])
  assert.deepEqual(skipped, [
    {
      deviceId: deviceOf(5).id,
      role: null,
      reason: 'id-mismatch',
      what: 'its id is not the hash of its key',
    },
  ])
  assert.deepEqual(
    pending.map(({ deviceId }: { deviceId: string }) => deviceId),
    [deviceOf(6).id],
  )
  assert.deepEqual(bytesBelow(from), before)
  await withGateway(async (url) => {
    for (const n of [1, 2, 3]) await comeBack(url, n)
    // The gateway holds its directory.
    const { code, stderr } = await migrate('--apply')
    assert.equal(code, 1)
    assert.match(stderr, /already running[\s\S]*Stop it, apply, and start it again/)
    assert.equal((await migrated()).new, 0)
  })
  const bytes = Object.values(bytesBelow(host.stateDir)).map((text) => Buffer.from(text, 'base64'))
  for (const n of [1, 2, 3, 4]) assert.ok(!bytes.some((file) => file.includes(openClawToken(n))))
})

/** With its old token twice, as if the first answer was lost, then with ours, after which the old one is dead. */
async function comeBack(url: string, n: number): Promise<void> {
  const asked = [scopes, ['operator.admin'], []][n - 1] ?? []
  const ask = { device: deviceOf(n), role: n === 3 ? 'node' : 'operator', scopes: asked }
  const connect = async (token: string) => {
    const client = openWireClient(url)
    const answer = await client.connect({ ...ask, auth: { token, deviceToken: token } })
    await client.end()
    return answer
  }
  const old = openClawToken(n)
  const told = [await connect(old), await connect(old)].map(({ payload }) => {
    return (payload as { readonly auth: { readonly deviceToken: string } }).auth.deviceToken
  })
  const [ours = '', again] = told
  assert.equal(ours, again)
  assert.equal((await connect(ours)).ok, true)
  const { error } = await connect(old)
  assert.equal(error?.details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
}

test('a second --apply changes nothing; a new device there is imported, and ours is copied before', async () => {
  const database = join(host.stateDir, 'pairgate.db')
  const before = bytesBelow(host.stateDir)[database]
  const again = await migrated('--apply')
  assert.deepEqual([again.new, again.kept, again.backup], [0, 4, null])
  assert.equal(bytesBelow(host.stateDir)[database], before)

  insertPaired(source, pairedRow(deviceOf(6), 6, { scopes }))
  const { code, stdout } = await migrate('--apply')
  assert.equal(code, 0)
  const [, backup = ''] = /The database as it was before: (\S+)/.exec(stdout) ?? []
  assert.equal(statSync(backup).mode & 0o777, 0o600)
  assert.equal((await host.run(['backup', 'verify', backup])).code, 0)
  assert.match(stdout, /Imported: 1 device\./)
})

test('a private copy that a killed reading left goes with the next one, and with doctor --fix', async () => {
  const scratch = join(home, 'scratch')
  mkdirSync(scratch)
  const preload = new URL('./kill-at.ts', import.meta.url).href
  const place = { HOME: home, TMPDIR: scratch }
  // It is killed right before it takes its copy away.
  const leave = async () => {
    const { code } = await host.run(['migrate'], {
      ...place,
      NODE_OPTIONS: `--import=${preload}`,
      KILL_AT: '1',
    })
    assert.equal(code, null)
    const left = Object.values(bytesBelow(scratch)).map((text) => Buffer.from(text, 'base64'))
    assert.ok(
      left.some((file) => file.includes(openClawToken(1))),
      'it was killed too early',
    )
  }
  await leave()
  assert.equal((await host.run(['migrate'], place)).code, 0)
  assert.deepEqual(readdirSync(scratch), [])

  await leave()
  const [name = ''] = readdirSync(scratch)
  const { stdout } = await host.run(['doctor'], place)
  assert.match(stdout, new RegExp(`Leftovers +${join(scratch, name)} was left by a process that was killed`))
  await host.run(['doctor', '--fix'], place)
  assert.deepEqual(readdirSync(scratch), [])
})

test('what is not understood is refused with exit code 1, in words and for programs', async () => {
  source.exec('alter table device_pairing_paired add column revoked_until_ms integer')
  const { code, stdout, stderr } = await migrate('--apply', '--json')
  assert.equal(code, 1)
  assert.match(stderr, /not understood here[\s\S]*has revoked_until_ms[\s\S]*Nothing was changed/)
  assert.equal(JSON.parse(stdout).error.type, 'cli_error')
})
