import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { migrateOpenClaw } from '../../src/migrate/migrate-openclaw.ts'
import type { ConnectOptions } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { makeDevice } from '../harness/test-device.ts'
import { openWireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import { bytesBelow } from './openclaw-state.ts'

/** A directory with OpenClaw 2026.9.6 in its `node_modules`: half a gigabyte that `npm ci` does not bring. */
const INSTALLED = process.env['PAIRGATE_OPENCLAW_DIR']
const skip = INSTALLED ? false : 'PAIRGATE_OPENCLAW_DIR names no directory with OpenClaw in its node_modules'
const SHARED = 'shared-token-of-the-test-0123456789'

/** A real gateway of OpenClaw on a state directory of its own, which approves nothing by itself. */
async function startOpenClaw(context: TestContext, root: string) {
  const stateDir = join(root, 'openclaw')
  mkdirSync(stateDir, { mode: 0o700 })
  const nodes = { pairing: { autoApproveLocal: false } }
  const settings = { gateway: { mode: 'local', nodes } }
  writeFileSync(join(stateDir, 'openclaw.json'), JSON.stringify(settings), { mode: 0o600 })
  const port = await freePort()
  const url = `ws://127.0.0.1:${port}`
  const env = { PATH: process.env['PATH'], HOME: root, OPENCLAW_STATE_DIR: stateDir, NO_COLOR: '1' }
  const command = join(INSTALLED ?? '', 'node_modules', 'openclaw', 'openclaw.mjs')
  const flags = ['--port', String(port), '--bind', 'loopback', '--auth', 'token', '--token', SHARED]
  const gateway: ChildProcess = spawn(process.execPath, [command, 'gateway', 'run', ...flags], {
    env,
    stdio: 'ignore',
  })
  const stop = async () => {
    if (gateway.exitCode !== null || gateway.signalCode !== null) return
    gateway.kill('SIGTERM')
    await once(gateway, 'exit')
  }
  context.after(stop)
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await eventually(isReady, 'a ready OpenClaw', 90_000)
  const cli = (...args: string[]) =>
    promisify(execFile)(process.execPath, [command, ...args, '--url', url, '--token', SHARED], { env })
  return { stateDir, url, cli, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await once(server.close(), 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function answerOf(url: string, options: ConnectOptions) {
  const client = openWireClient(url)
  const answer = await client.connect(options)
  await client.end()
  const { auth } = (answer.payload ?? {}) as { readonly auth?: { readonly deviceToken?: string } }
  return { ok: answer.ok, details: answer.error?.details, token: auth?.deviceToken ?? '' }
}

test('three devices of a real OpenClaw gateway move in with their tokens', { skip }, async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'real-openclaw-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  const there = await startOpenClaw(context, root)
  const cli = { id: 'cli', version: '2026.9.6', mode: 'cli', deviceFamily: 'Linux' }
  const host = { id: 'node-host', version: '2026.9.6', mode: 'node', deviceFamily: 'Linux' }
  const asks: readonly ConnectOptions[] = [
    { scopes: ['operator.read', 'operator.write'], client: cli },
    { scopes: ['operator.admin'], client: cli, signed: { version: 'v2' } },
    { role: 'node', scopes: [], client: host },
    { scopes: ['operator.read'], client: cli },
  ].map((ask) => ({ ...ask, device: makeDevice() }) as ConnectOptions)
  const old: string[] = []
  for (const ask of asks) {
    const shared = { ...ask, auth: { token: SHARED } }
    const { details } = await answerOf(there.url, shared)
    await there.cli('devices', 'approve', String(details?.['requestId']))
    old.push((await answerOf(there.url, shared)).token)
  }
  const [first, , , last] = asks.map(({ device }) => device?.id ?? '')
  await there.cli('devices', 'rename', '--device', first ?? '', '--name', 'My laptop')
  await there.cli('devices', 'revoke', '--device', last ?? '', '--role', 'operator')
  await there.stop()

  const before = bytesBelow(join(there.stateDir, 'state'))
  const here = await openGateway(context)
  await here.stop()
  const env = { PAIRGATE_STATE_DIR: here.stateDir }
  const { judged, state } = await migrateOpenClaw({ env, home: root, from: there.stateDir, apply: true })
  assert.deepEqual(bytesBelow(join(there.stateDir, 'state')), before)
  assert.deepEqual([state.source.version, state.skipped, judged.length], ['2026.9.6', [], 4])
  assert.ok(judged.some(({ device }) => device.label === 'My laptop'))
  await here.restart()

  for (const [at, ask] of asks.slice(0, 3).entries()) {
    const bring = (token = '') => answerOf(here.url, { ...ask, auth: { token, deviceToken: token } })
    const { token: ours } = await bring(old[at])
    assert.match(ours, /^pgd_/)
    assert.equal((await bring(old[at])).token, ours)
    assert.equal((await bring(ours)).ok, true)
    assert.equal((await bring(old[at])).details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
  }
  const revoked = await answerOf(here.url, { ...asks[3], auth: { deviceToken: old[3] ?? '' } })
  assert.equal(revoked.details?.['authReason'], 'token_revoked')
})
