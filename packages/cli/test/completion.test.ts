import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SCOPES } from '@pairgate/protocol'
import { createMachine, WHAT_RUNS } from './run-cli.ts'

const machine = createMachine()
after(() => machine.remove())

async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { code, stdout } = await machine.run(['__complete', '--', ...words])
  assert.equal(code, 0)
  return stdout.split('\n').flatMap((line) => line.split('\t')[0] || [])
}

describe('what may stand under the cursor', { concurrency: 4 }, () => {
  test('commands, their commands, and nothing that is hidden', async () => {
    const commands = await complete('')
    for (const name of ['devices', 'gateway', 'connect', 'completion'])
      assert.ok(commands.includes(name), name)
    assert.ok(!commands.includes('__complete'))
    assert.deepEqual(await complete('devices', 're'), ['reject', 'remove', 'rename', 'revoke'].sort())
  })
  test('options, once a dash was typed', async () => {
    assert.deepEqual(await complete('devices', 'approve', '--s'), ['--scope', '--session'])
    assert.deepEqual(await complete('devices', 'list', '--h'), ['--help'])
    assert.deepEqual(await complete('fetch', '--a'), ['--access-token', '--app-origin'])
    assert.deepEqual(await complete('fetch', '-H', 'Accept: text/plain', '--inc'), ['--include'])
  })
  test('the values of an option whose values are known', async () => {
    assert.deepEqual(await complete('devices', 'revoke', '--role', ''), ['operator', 'node'])
    assert.deepEqual(await complete('completion', ''), ['bash', 'zsh', 'fish'])
    assert.deepEqual(await complete('completion', 'zsh', ''), [])
    assert.deepEqual(await complete('connect', '--scope', 'operator.read', 'operator.p'), [
      'operator.pairing',
    ])
    assert.deepEqual([...(await complete('connect', '--scope', ''))].sort(), [...SCOPES].sort())
  })
  test('nothing where only the user can know: an address, an id, a word that is no command', async () => {
    assert.deepEqual(await complete('devices', 'list', '--url', ''), [])
    assert.deepEqual(await complete('devices', 'remove', ''), [])
    assert.deepEqual(await complete('nope', 'x'), [])
  })
  test('an option in between does not lead astray', async () => {
    assert.deepEqual(await complete('devices', 'list', '--url', 'gateway', '--js'), ['--json'])
    assert.deepEqual(await complete('devices', 'list', '--url=devices', '--js'), ['--json'])
  })
})

/** A directory in front of the PATH in which `openclaw` and `pairgate` are this checkout's. */
function commandsOnPath(): { readonly env: NodeJS.ProcessEnv; remove(): void } {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'completion-'))
  const stub = fileURLToPath(new URL('../bin/openclaw.js', import.meta.url))
  for (const name of ['openclaw', 'pairgate']) {
    const file = join(directory, name)
    writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${stub}" "$@"\n`)
    chmodSync(file, 0o755)
  }
  const PATH = `${directory}${delimiter}${process.env['PATH']}`
  const env = { ...process.env, PATH, ...WHAT_RUNS, HOME: directory, XDG_CONFIG_HOME: directory }
  return { env, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/**
 * A real shell reads the script and is asked what could follow `<name> devices re`; the name is its `$1`.
 * In zsh the line editor is not there, so its part is played: the words, and who takes the candidates.
 */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  bash: [
    '-c',
    `source <(openclaw completion bash)
     COMP_WORDS=("$1" devices re); COMP_CWORD=2; _openclaw_complete; printf '%s\n' "\${COMPREPLY[@]}"`,
    'bash',
  ],
  zsh: [
    '-fc',
    `compdef() { : }; compadd() { print -l -- $names }
     source <(openclaw completion zsh)
     words=("$1" devices re); CURRENT=3; _openclaw_complete`,
    'zsh',
  ],
  fish: [
    '-c',
    'openclaw completion fish | source; complete -C "$argv[1] devices re" | string replace -r "\\t.*" ""',
  ],
}

for (const [shell, args] of Object.entries(SHELLS)) {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0
  for (const name of ['openclaw', 'pairgate']) {
    const skip = isThere ? false : `${shell} is not installed`
    test(`${shell} completes a line that begins with ${name}`, { skip }, async (context) => {
      const { env, remove } = commandsOnPath()
      context.after(remove)
      const { stdout } = await promisify(execFile)(shell, [...args, name], { env, timeout: 30_000 })
      assert.deepEqual(stdout.trim().split('\n').sort(), ['reject', 'remove', 'rename', 'revoke'])
    })
  }
}
