import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type CliResult, collect, createMachine, WHAT_RUNS, waitForOutput } from './run-cli.ts'

const checkout = fileURLToPath(new URL('../../..', import.meta.url))
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const part = readme.split(/^## /m).find((text) => text.startsWith('Pair a device\n')) ?? ''
/** The lines that a reader copies, in their order. */
const lines = [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
)

/** Runs a line as it stands, in a shell, but for the address, the ids and the place of the phone's state. */
function type(line: string, known: Readonly<Record<string, string>>, stateDir: string): ChildProcess {
  let typed = line
  for (const [shown, real] of Object.entries(known)) typed = typed.replaceAll(shown, real)
  assert.doesNotMatch(typed, /<[a-z ]+>/, 'a placeholder that nobody has filled')
  // Without `exec` the shell would be killed, and leave the command behind.
  return spawn('sh', ['-c', `exec env ${typed}`], {
    cwd: checkout,
    env: { ...process.env, PAIRGATE_STATE_DIR: stateDir, ...WHAT_RUNS, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('the lines of the README pair a device, and put it out again', async (context) => {
  const host = createMachine()
  const phone = createMachine()
  const gateway = host.start(['gateway', 'run', '--port', '0'])
  const ended = collect(gateway, 580_000)
  context.after(async () => {
    gateway.kill('SIGTERM')
    await ended
    for (const machine of [host, phone]) machine.remove()
  })
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\S+)\n/)
  const known: Record<string, string> = { 'ws://127.0.0.1:18789': url, '/tmp/phone': phone.stateDir }
  const typed = async (line = ''): Promise<CliResult> => {
    const result = await collect(type(line, known, host.stateDir))
    assert.equal(result.code, 0, `${line}: ${result.stderr}`)
    return result
  }

  const [invite = '', join = '', revoke, ...rest] = lines
  assert.deepEqual(rest, [])
  const inviting = type(invite, known, host.stateDir)
  context.after(() => void inviting.kill('SIGKILL'))
  const invited = collect(inviting)
  const [, code = ''] = await waitForOutput(inviting, /Code: +(\d{3} \d{3})/)
  known['482 913'] = code

  const [, deviceId = ''] = /Device ID: ([0-9a-f]{64})/.exec((await typed(join)).stdout) ?? []
  const { code: exitCode, stdout } = await invited
  assert.equal(exitCode, 0)
  assert.match(stdout, /^joined: .+ \((?:[a-z]+ ){5}[a-z]+\)$/m)
  known['<device id>'] = deviceId.slice(0, 8)
  await typed(revoke)
  const again = await phone.run(['call', 'health', '--url', url])
  assert.equal(again.code, 1)
})
