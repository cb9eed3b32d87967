import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import {
  type CliResult,
  COMMAND,
  collect,
  createMachine,
  type Machine,
  WHAT_RUNS,
  waitForOutput,
} from './run-cli.ts'

const hasTerminals = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0
const skip = hasTerminals ? false : '`script` of util-linux is not installed'
const ENTER = '\r'
const LEFT = '\u001b[D'
const CTRL_C = '\u0003'

const host = createMachine()
const machines: Machine[] = [host]
let gateway: ChildProcess
let stopped: Promise<CliResult>
let url = ''

before(async () => {
  gateway = host.start(['gateway', 'run', '--port', '0'])
  stopped = collect(gateway, 580_000)
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
})
after(async () => {
  gateway.kill('SIGTERM')
  await stopped
  for (const machine of machines) machine.remove()
})

interface Terminal {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
  type(keys: string): void
}

/** A command on a terminal of its own, whose keys the test presses; both streams come together. */
function openTerminal(args: readonly string[], columns = 80): Terminal {
  const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ')
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...plain } = process.env
  const env = { ...plain, ...WHAT_RUNS, PAIRGATE_STATE_DIR: host.stateDir, TERM: 'xterm' }
  const line = `stty cols ${columns} rows 60; exec ${words}`
  const child = spawn('script', ['-qec', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  return { child, ended: collect(child), type: (keys) => void child.stdin?.write(keys) }
}

interface Joining {
  readonly machine: Machine
  readonly words: string
  readonly requestId: string
  readonly ended: Promise<CliResult>
}

/** A device brings a code or link, and stands there with its words. */
async function bring(what: string, name: string): Promise<Joining> {
  const machine = createMachine()
  machines.push(machine)
  const child = machine.start(['pair', what, '--url', url, '--name', name, '--json'])
  const ended = collect(child)
  const [line] = await waitForOutput(child, /\{"event":"pending".*\}\n/)
  const { fingerprint, requestId } = JSON.parse(line)
  return { machine, words: fingerprint, requestId, ended }
}
const lastOf = ({ stdout }: CliResult) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
const json = ({ stdout }: CliResult) => JSON.parse(stdout.replaceAll('\n', ' '))
const plainText = (text: string) => text.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '')

/** `openclaw pair --confirm` on a terminal, up to its link. */
async function inviteOnTerminal(): Promise<
  Terminal & { readonly link: string; readonly asked: Promise<unknown> }
> {
  const terminal = openTerminal(['pair', '--confirm', '--scope', 'operator.read', 'operator.write'])
  const asked = waitForOutput(terminal.child, /may it have this\?[\s\S]*Refuse it/)
  asked.catch(() => undefined)
  const [, link = ''] = await waitForOutput(terminal.child, /Link: +(\S+)\s/)
  return { ...terminal, link, asked }
}

describe('who sits at the terminal is shown a device before it is let in (T42)', { skip }, () => {
  test('its name, platform, address, role, scopes and words; yes lets it in', async () => {
    const { link, asked, type, ended } = await inviteOnTerminal()
    const device = await bring(link, 'Pocket phone')
    await asked
    type(LEFT)
    type(ENTER)
    const [shown, joined] = await Promise.all([ended, device.ended])
    assert.equal(joined.code, 0, joined.stderr)
    assert.deepEqual(lastOf(joined).scopes, ['operator.read', 'operator.write'])
    const text = plainText(shown.stdout)
    for (const fact of [
      /Device: +Pocket phone/,
      /Platform: +\S+/,
      /IP: +(?:127\.0\.0\.1|this machine)/,
      /Requested: +roles: operator; scopes: operator\.read, operator\.write/,
    ])
      assert.match(text, fact)
    assert.ok(text.includes(`Fingerprint: ${device.words}`))
    assert.ok(text.includes(`joined: Pocket phone (${device.words})`))
  })

  test('no, which is what Enter alone means, refuses it', async () => {
    const { link, asked, type } = await inviteOnTerminal()
    const device = await bring(link, 'Stranger')
    await asked
    type(ENTER)
    const refused = await device.ended
    assert.notEqual(refused.code, 0)
    assert.doesNotMatch(refused.stdout, /"event":"paired"/)
    type(CTRL_C)
    const { paired } = json(await host.run(['devices', 'list', '--json']))
    assert.ok(!paired.some((row: { displayName: string }) => row.displayName === 'Stranger'))
  })
})

test('of two devices side by side `pair confirm` chooses none, and admits the one that is named (T42)', async () => {
  const made = json(await host.run(['pair', '--confirm', '--no-wait', '--json']))
  const [phone, thief] = await Promise.all([bring(made.link, 'Phone'), bring(made.link, 'Thief')])

  const unsure = await host.run(['pair', 'confirm', made.id, '--yes'])
  assert.equal(unsure.code, 1)
  assert.match(unsure.stderr, /^2 devices brought this invitation; only one of them is yours\.\n/)
  for (const one of [phone, thief]) {
    assert.ok(unsure.stderr.includes(`Fingerprint: ${one.words}\n`))
    assert.ok(unsure.stderr.includes(`To let it in: openclaw pair confirm ${made.id} ${one.requestId}\n`))
  }

  const named = await host.run(['pair', 'confirm', made.id, phone.requestId, '--yes'])
  assert.equal(named.code, 0, named.stderr)
  const [joined, refused] = await Promise.all([phone.ended, thief.ended])
  assert.equal(joined.code, 0, joined.stderr)
  assert.equal(refused.code, 1)
  assert.match(refused.stdout + refused.stderr, /rejected|refused|spent|run out/)
})

test('the line that counts down never wraps, however narrow the window is', { skip }, async () => {
  const { child, type, ended } = openTerminal(['pair'], 40)
  await waitForOutput(child, /Waiting for the device/)
  type(CTRL_C)
  const { stdout } = await ended
  assert.match(stdout, /The window is too narrow for the QR code\./)
  assert.doesNotMatch(stdout, /█/)
  const frames = stdout.split('\u001b[2K').filter((frame) => frame.includes('Waiting for the device'))
  assert.ok(frames.length > 0)
  for (const frame of frames) assert.ok([...frame.replace(/(?:\^C|[\r\n]).*/s, '')].length < 40, frame)
})

test('a gateway that nobody owns says on a terminal how to become its owner', { skip }, async () => {
  const fresh = createMachine()
  machines.push(fresh)
  const words = `PAIRGATE_STATE_DIR='${fresh.stateDir}' exec '${process.execPath}' '${COMMAND}' gateway run --port 0`
  const env = { ...process.env, ...WHAT_RUNS, TERM: 'xterm' }
  const child = spawn('script', ['-qec', words, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = collect(child)
  const [, secret, address] = await waitForOutput(
    child,
    /becomes the owner: (pgi_\S+)[\s\S]*openclaw pair - --url (ws:\S+)[\s\S]*openclaw pair --claim/,
  )
  const device = createMachine()
  machines.push(device)
  const joined = await device.pipe(['pair', '-', '--url', String(address), '--json'], String(secret))
  assert.deepEqual(lastOf(joined).scopes, ['operator.admin'], joined.stderr)
  child.stdin?.write(CTRL_C)
  await ended
})
