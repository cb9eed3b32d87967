import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { COMMAND, collect, createMachine, WHAT_RUNS, waitForOutput } from './run-cli.ts'

const ESC = '\u001b'
/** Retitles the window, clears the screen, turns the direction of writing, rings, and begins a line of its own. */
const HOSTILE = `Phone${ESC}]0;owned\u0007${ESC}[2J\u202e\u009b31m\nApproved everything\r\u0008`

const host = createMachine()
const phone = createMachine()
const guest = createMachine()
let gateway: ChildProcess
let stopped: Promise<unknown>
let ids = { device: '', request: '' }

async function startGateway(): Promise<string> {
  gateway = host.start(['gateway', 'run', '--port', '0'])
  stopped = collect(gateway, 580_000)
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\S+)\n/)
  return url
}
async function stopGateway(): Promise<void> {
  gateway.kill('SIGTERM')
  await stopped
}
/** As a database that another program has filled: our own gateway would clean these texts before it keeps them. */
function fillWithHostileTexts(): void {
  const database = new DatabaseSync(join(host.stateDir, 'pairgate.db'))
  const columns = ['display_name', 'platform', 'device_family', 'client_id', 'client_mode']
  for (const table of ['devices', 'pairing_requests'])
    for (const column of columns) database.prepare(`update ${table} set ${column} = ?`).run(HOSTILE)
  database.prepare('update devices set operator_label = ?').run(HOSTILE)
  database.close()
}

before(async () => {
  const url = await startGateway()
  const asking = phone.start(['connect', '--url', url, '--json'])
  const asked = collect(asking)
  const [, first = ''] = await waitForOutput(asking, /"requestId":"([^"]+)"/)
  await host.run(['devices', 'approve', first])
  const joined = await asked
  await guest.run(['connect', '--url', url, '--no-wait'])
  const list = JSON.parse((await host.run(['devices', 'list', '--json'])).stdout)
  ids = { device: list.paired[0].deviceId, request: list.pending[0].requestId }
  assert.equal(joined.code, 0)
  await stopGateway()
  fillWithHostileTexts()
  await startGateway()
})
after(async () => {
  await stopGateway()
  for (const machine of [host, phone, guest]) machine.remove()
})

describe('texts that devices chose', () => {
  const commands = (): readonly string[][] => [
    ['devices', 'list'],
    ['devices', 'show', ids.device],
    ['devices', 'show', ids.request],
    ['devices', 'approve', '--latest'],
    ['devices', 'approve', '--latest', '--json'],
    ['devices', 'list', '--json'],
    ['audit', 'list'],
    ['audit', 'list', '--json'],
    ['audit', 'show', '1'],
    ['audit', 'feed'],
    ['call', 'system-presence'],
    ['call', 'device.pair.list'],
  ]
  test('reach no terminal as commands, whatever shows them', async () => {
    for (const command of commands()) {
      const { stdout, stderr } = await host.run(command)
      const shown = (stdout + stderr).replaceAll('\n', '')
      assert.notEqual(shown, '', command.join(' '))
      assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/, command.join(' '))
      assert.doesNotMatch(stdout, /^Approved everything/m, command.join(' '))
    }
  })
  test('are still told in full to programs', async () => {
    const { stdout } = await host.run(['devices', 'list', '--json'])
    assert.equal(JSON.parse(stdout).paired[0].operatorLabel, HOSTILE)
  })
})

/** Runs a command on a terminal of its own; both streams come together, as a person sees them. */
async function onTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const line = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ')
  // Each of these has a say in colours, and the machine of the tests may set it.
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...plain } = process.env
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: { ...plain, ...WHAT_RUNS, PAIRGATE_STATE_DIR: host.stateDir, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return (await collect(child)).stdout
}
const hasTerminals = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0
const skip = hasTerminals ? false : '`script` of util-linux is not installed'

describe('colours', () => {
  test('are there on a terminal', { skip }, async () => {
    assert.match(await onTerminal(['devices', 'list']), /\u001b\[1m/)
  })
  test('are not there with NO_COLOR, nor through a pipe', { skip }, async () => {
    assert.ok(!(await onTerminal(['devices', 'list'], { NO_COLOR: '1' })).includes(ESC))
    assert.ok(!(await host.run(['devices', 'list'], { NO_COLOR: '' })).stdout.includes(ESC))
  })
})

test('a secret is shown on a terminal only', { skip }, async () => {
  const env = { OPENCLAW_GATEWAY_TOKEN: 'the-token-of-this-test' }
  const show = ['gateway', 'auth-token', '--show']
  const piped = await host.run(show, env)
  assert.equal(piped.code, 1)
  assert.ok(!(piped.stdout + piped.stderr).includes(env.OPENCLAW_GATEWAY_TOKEN))
  assert.equal((await onTerminal(show, env)).trim(), env.OPENCLAW_GATEWAY_TOKEN)
})
