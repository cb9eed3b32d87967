import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { cutTerminalQr, readTerminalQr } from './read-terminal-qr.ts'
import { type CliResult, collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const machines: Machine[] = [host]
let gateway: ChildProcess
let stopped: Promise<CliResult>
let url = ''
let log = ''

function newDevice(): Machine {
  const machine = createMachine()
  machines.push(machine)
  return machine
}
async function startGateway(port = '0'): Promise<void> {
  gateway = host.start(['gateway', 'run', '--port', port])
  stopped = collect(gateway, 580_000)
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
}
async function stopGateway(): Promise<void> {
  gateway.kill('SIGTERM')
  const { stdout, stderr } = await stopped
  log += stdout + stderr
}
before(() => startGateway())
after(async () => {
  await stopGateway()
  for (const machine of machines) machine.remove()
})

interface Invited {
  readonly id: string
  readonly code: string
  readonly link: string
  readonly setupCode: string
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
}

/** `openclaw pair` on the host, which goes on waiting. */
async function invite(flags: readonly string[] = []): Promise<Invited> {
  const child = host.start(['pair', '--json', ...flags])
  const ended = collect(child)
  const [line] = await waitForOutput(child, /\{"event":"invitation".*\}\n/)
  return { ...JSON.parse(line), child, ended }
}
const lastLine = ({ stdout }: CliResult) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
async function json(machine: Machine, args: readonly string[], code = 0) {
  const result = await machine.run([...args, '--json'])
  assert.equal(result.code, code, `${args}: ${result.stdout}${result.stderr}`)
  return lastLine({ ...result, stdout: result.stdout.replaceAll('\n', ' ') })
}
/** What both sides say when a device joins with what it was handed. */
async function joins(invited: Invited, device: Machine, args: readonly string[]) {
  const redeemed = await device.run(['pair', ...args, '--name', 'Pocket phone', '--json'])
  assert.equal(redeemed.code, 0, redeemed.stderr)
  const { code, stdout } = await invited.ended
  assert.equal(code, 0, stdout)
  const joined = lastLine({ code, stdout, stderr: '' })
  const mine = lastLine(redeemed)
  assert.deepEqual([joined.event, joined.deviceId], ['joined', mine.deviceId])
  assert.equal(joined.displayName, 'Pocket phone')
  assert.equal((await json(device, ['call', 'health', '--url', url])).ok, true)
  return mine
}

describe('a device joins with what `openclaw pair` shows on the host', { concurrency: 2 }, () => {
  test('the six digits, once', async () => {
    const invited = await invite(['--scope', 'operator.read', 'operator.approvals', '--expires', '1h'])
    const spaced = [invited.code.slice(0, 3), invited.code.slice(3)]
    const mine = await joins(invited, newDevice(), [...spaced, '--url', url])
    assert.deepEqual(mine.scopes, ['operator.approvals', 'operator.read'])
    assert.equal(mine.role, 'operator')
    assert.ok(mine.expiresAtMs - Date.now() <= 3_600_000)

    const late = await newDevice().run(['pair', invited.code, '--url', url])
    assert.equal(late.code, 1)
    assert.match(late.stderr, /^The code is wrong, has run out, or was used\.\n.*openclaw pair/)
  })
  test('the link', async () => {
    const invited = await invite()
    await joins(invited, newDevice(), [invited.link])
  })
  test('the setup code, bare or with its scheme', async () => {
    const [bare, named] = [await invite(['--no-qr']), await invite()]
    await joins(bare, newDevice(), [bare.setupCode])
    await joins(named, newDevice(), [`oc-pair://${named.setupCode}`])
  })
  test('the QR code as it is printed', async () => {
    const printed = await host.run(['pair', '--qr', '--no-wait'])
    assert.equal(printed.code, 0, printed.stderr)
    const link = readTerminalQr(cutTerminalQr(printed.stdout))
    assert.ok(printed.stdout.includes(`Link:       ${link}\n`))
    assert.match(printed.stdout, /Code: {7}\d{3} \d{3} \(expires in \dm\)/)
    assert.match(printed.stdout, /Only this machine reaches that address, or a tunnel to it\./)
    const redeemed = await newDevice().run(['pair', link, '--json'])
    assert.equal(redeemed.code, 0, redeemed.stderr)
  })
  test('the link on standard input, so that no process list has it', async () => {
    const invited = await invite()
    const redeemed = await newDevice().pipe(['pair', '-', '--json'], `${invited.link}\n`)
    assert.equal(redeemed.code, 0, redeemed.stderr)
    assert.equal((await invited.ended).code, 0)
  })
  test('the link of a node, without being told so', async () => {
    const invited = await invite(['--role', 'node'])
    const redeemed = await newDevice().run(['pair', invited.link, '--json'])
    assert.equal(lastLine(redeemed).role, 'node')
    assert.equal((await invited.ended).code, 0)
  })
})

describe('an invitation is over', { concurrency: 2 }, () => {
  test('when whoever waits for it leaves with Ctrl+C', async () => {
    const invited = await invite()
    invited.child.kill('SIGINT')
    const { code, stderr } = await invited.ended
    assert.equal(code, 130)
    assert.match(stderr, /^The invitation was cancelled: nobody can join with it any more\.\n/)
    const late = await newDevice().run(['pair', invited.link])
    assert.equal(late.code, 1)
    assert.match(late.stderr, /^The link has run out, was cancelled, or was used by another device\.\n/)
  })
  test('when an operator cancels it by the beginning of its id', async () => {
    const invited = await invite()
    const { invitations } = await json(host, ['pair', 'list'])
    assert.equal(invitations.find((one: { id: string }) => one.id === invited.id).state, 'open')
    assert.deepEqual(await json(host, ['pair', 'cancel', invited.id.slice(0, 8)]), { id: invited.id })
    const { code, stderr } = await invited.ended
    assert.equal(code, 1)
    assert.match(stderr, /^The invitation was cancelled\.\n/)
    // What has ended is not in the way of what is open.
    const short = invited.id.slice(0, 8)
    const open = await host.run(['pair', 'list'])
    assert.ok(!open.stdout.includes(short), open.stdout)
    assert.match(open.stdout, /ended within the last day: openclaw pair list --all\n$/)
    const all = await host.run(['pair', 'list', '--all'])
    assert.match(all.stdout, new RegExp(`${short}.*cancelled`))
    const listed = (list: { invitations: { id: string }[] }) =>
      list.invitations.some(({ id }) => id === invited.id)
    assert.equal(listed(await json(host, ['pair', 'list'])), false)
    assert.equal(listed(await json(host, ['pair', 'list', '--all'])), true)
  })
  test('when its time is over', async () => {
    const { code, stderr } = await (await invite(['--ttl', '10s'])).ended
    assert.equal(code, 1)
    assert.match(stderr, /^The invitation has run out: no device has joined\.\n/)
  })
})

test('an operator sees who comes before letting it in, and compares six words (T42)', async () => {
  const invited = await invite(['--confirm'])
  // Listened for before anybody comes: either side may speak first.
  const told = waitForOutput(invited.child, /\{"event":"candidate".*\}\n/)
  const device = newDevice()
  const joining = device.start(['pair', invited.code, '--url', url, '--name', 'Pocket phone', '--json'])
  const entered = collect(joining)
  const [, words] = await waitForOutput(joining, /"event":"pending".*"fingerprint":"([a-z ]+)"/)

  const [line] = await told
  const candidate = JSON.parse(line)
  assert.equal(candidate.fingerprint, words)
  const { displayName, role, scopes, platform, ts } = candidate
  assert.deepEqual([displayName, role, scopes], ['Pocket phone', 'operator', ['operator.read']])
  assert.ok(platform && ts > 0)

  const unsure = await host.run(['pair', 'confirm', invited.id.slice(0, 8)])
  assert.equal(unsure.code, 1)
  assert.match(unsure.stderr, /^Nothing was confirmed\.\n/)
  for (const shown of [
    `Fingerprint: ${words}`,
    'Platform: ',
    'IP: ',
    'Asked: ',
    'Requested: ',
    'Pocket phone',
  ])
    assert.ok(unsure.stderr.includes(shown), shown)

  const confirmed = await json(host, ['pair', 'confirm', invited.id.slice(0, 8), '--yes'])
  assert.equal(confirmed.requestId, candidate.requestId)
  const { code, stdout } = await entered
  assert.equal(code, 0)
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1) ?? '').deviceId, confirmed.device.deviceId)
  assert.equal(lastLine(await invited.ended).event, 'joined')
})

describe('who cannot join is told why, and what to do next', { concurrency: 2 }, () => {
  const refused = async (args: readonly string[], message: RegExp): Promise<void> => {
    const { code, stderr } = await newDevice().run(['pair', ...args])
    assert.equal(code, 1)
    assert.match(stderr, message)
  }
  const secret = `pgi_${'A'.repeat(43)}1d5cfsm`

  test('no invitation at all, which is not repeated', async () => {
    await refused(['pgi_not-quite-a-secret'], /^This is no invitation\.\nIt is six digits/)
    const { stderr } = await newDevice().run(['pair', 'pgi_not-quite-a-secret'])
    assert.ok(!stderr.includes('not-quite'))
  })
  test('a wrong code', () =>
    refused(['000 000', '--url', url], /^The code is wrong, has run out, or was used\./))
  test('a gateway that is not there', () =>
    refused(['482913', '--url', 'ws://127.0.0.1:1'], /^Gateway not reachable at ws:\/\/127\.0\.0\.1:1/))
  test('a way on which everybody could read along', () =>
    refused([`http://192.0.2.7:18789/__pairgate__/pair#${secret}`], /SECURITY ERROR.*plaintext ws:/))
  test('a join link in the clear', () =>
    refused(['http://192.0.2.7:18789/j/AAAAAAAAAAAAAAAAAAAAAA'], /SECURITY ERROR.*plaintext/))
})

test('a join link is made where devices get to, fetched once, and lets a node in', async () => {
  const alone = await host.run(['devices', 'join-code'])
  assert.equal(alone.code, 1)
  assert.match(alone.stderr, /Gateway is only bound to loopback\./)

  const set = await host.run(['config', 'set', 'gateway.pairing.publicUrl', url.replace('ws', 'http')])
  assert.equal(set.code, 0, set.stderr)
  const { stdout } = await host.run(['devices', 'join-code'])
  const [link = '', command] = stdout.split('\n')
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/j\/[A-Za-z0-9_-]{22}$/)
  assert.equal(command, `npx openclaw connect ${link}`)
  assert.equal((await json(newDevice(), ['connect', link])).role, 'node')
  const again = await newDevice().run(['connect', link])
  assert.match(again.stderr, /^This join link has run out or was used before\.\n/)
})

test('`openclaw qr` shows a setup code that this gateway honours', async () => {
  const address = ['--url', url]
  const { setupCode, ...facts } = await json(host, ['qr', '--limited', ...address])
  assert.deepEqual(facts, {
    gatewayUrl: url,
    auth: 'token',
    urlSource: 'request.publicUrl',
    access: 'limited',
  })
  assert.equal((await host.run(['qr', '--setup-code-only', ...address])).stdout.trim().length > 100, true)
  const shown = await host.run(['qr', ...address])
  assert.match(shown.stdout, /^Pairing QR\n/)
  assert.ok(shown.stdout.includes(`Setup code: ${readTerminalQr(cutTerminalQr(shown.stdout))}\n`))
  const joined = await json(newDevice(), ['pair', setupCode])
  assert.deepEqual([joined.role, joined.scopes.includes('operator.admin')], ['operator', false])
  const both = await host.run(['qr', '--limited', '--voice-node'])
  assert.equal(both.stderr, 'Use either --limited or --voice-node, not both.\n')
})

test('a gateway that restarts meanwhile is waited for', async () => {
  const invited = await invite()
  const port = new URL(url).port
  await stopGateway()
  await startGateway(port)
  await joins(invited, newDevice(), [invited.link])
})

test('no secret of an invitation is left in the log, the state or a process list', async () => {
  const invited = await invite(['--confirm'])
  const device = newDevice()
  const joining = device.start(['pair', invited.link, '--json'])
  const entered = collect(joining)
  await waitForOutput(joining, /"event":"pending"/)
  if (process.platform === 'linux')
    assert.doesNotMatch(readFileSync(`/proc/${joining.pid}/cmdline`, 'latin1'), /pgi_/)
  await json(host, ['pair', 'confirm', invited.id, '--yes'])
  assert.equal((await entered).code, 0)
  await invited.ended

  const secret = /pgi_[A-Za-z0-9_-]+/.exec(invited.link)?.[0] ?? ''
  const port = new URL(url).port
  await stopGateway()
  for (const machine of [host, device]) {
    for (const file of filesIn(machine.stateDir))
      assert.ok(!readFileSync(file, 'latin1').includes(secret), file)
  }
  assert.ok(!log.includes(secret) && !log.includes('pgi_'))
  await startGateway(port)
})

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}
