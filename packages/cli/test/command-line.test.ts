import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { COMMAND, collect, createMachine, WHAT_RUNS } from './run-cli.ts'

const machine = createMachine()
after(() => machine.remove())
const { run } = machine

describe('help', { concurrency: 4 }, () => {
  test('every command has help with examples', async () => {
    const commands = ['connect', 'call', 'gateway run', 'gateway status', 'gateway auth-token']
    const devices = ['list', 'show', 'approve', 'reject', 'remove', 'rename', 'clear', 'rotate', 'revoke']
    for (const command of [...commands, ...devices.map((name) => `devices ${name}`)]) {
      const { code, stdout } = await run([...command.split(' '), '--help'])
      assert.equal(code, 0, command)
      assert.match(stdout, new RegExp(`Usage: openclaw ${command}`))
      assert.match(stdout, /Examples:\n {2}\$ openclaw /)
    }
  })

  test('a group without a command prints its help and is no failure', async () => {
    for (const group of [[], ['devices'], ['gateway']]) {
      const { code, stdout, stderr } = await run(group)
      assert.equal(code, 0)
      assert.match(stdout, /^Usage: openclaw/)
      assert.equal(stderr, '')
    }
  })

  test('the version is printed alone', async () => {
    assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
  })
})

describe('a command line that cannot be meant', { concurrency: 4 }, () => {
  const cases: readonly (readonly [string, string])[] = [
    ['devices list --foo', 'OpenClaw does not recognize option "--foo".'],
    ['devices nope', 'OpenClaw devices has no command "nope".'],
    ['nope', 'OpenClaw has no command "nope".'],
    ['help nope', 'OpenClaw has no command "nope".'],
    ['devices help nope', 'OpenClaw devices has no command "nope".'],
    ['devices remove', 'Missing required argument "deviceId".'],
    ['devices rename --device x', 'Missing required option "--name <label>".'],
    [
      'devices list --timeout abc',
      'Invalid --timeout. Use a positive millisecond value, e.g. --timeout 30000. Received: "abc".',
    ],
    ['devices list --url nope', 'Invalid gateway URL "nope".'],
    ['devices clear', 'Refusing to clear pairing table without --yes'],
    ['devices approve 935cddd1 --expires soon', 'Invalid --expires.'],
    [
      'pair --expires never',
      'Invalid --expires. Use a number with s, m, h, d or w, e.g. --expires 30d. Received: "never".',
    ],
    ['connect --role boss', 'Invalid --role. Use "operator" or "node". Received: "boss".'],
    ['gateway run --bind nope', 'Invalid --bind. Use "loopback", "lan", "tailnet", "auto", or "custom".'],
    ['devices list --limit 0', 'Invalid --limit. Use a whole number from 1 on. Received: "0".'],
    ['audit show x', 'Invalid <seq>. Use a whole number from 1 on. Received: "x".'],
    ['completion tcsh', 'Invalid <shell>. Use one of: bash, zsh, fish. Received: "tcsh".'],
    ['pair --ttl 5s', 'Invalid --ttl. Use a time from 10s to 24h, e.g. --ttl 30m. Received: "5s".'],
    ['pair --ttl 25h', 'Invalid --ttl. Use a time from 10s to 24h, e.g. --ttl 30m. Received: "25h".'],
    ['devices extend 80d2a226 --expires 1d --role boss', 'Invalid --role.'],
  ]
  for (const [line, sentence] of cases) {
    test(`\`${line}\` fails with a sentence`, async () => {
      const { code, stdout, stderr } = await run(line.split(' '))
      assert.equal(code, 1)
      assert.ok(stderr.startsWith(sentence), stderr)
      assert.equal(stdout, '')
    })
  }

  test('a slip of the finger gets a suggestion', async () => {
    assert.match(
      (await run(['devices', 'lst'])).stderr,
      /Did you mean list\?\nTry: openclaw devices --help\n$/,
    )
    assert.match((await run(['devices', 'list', '--jsno'])).stderr, /Did you mean --json\?/)
    // An invitation may stand where a command does, and is never repeated.
    const pair = (await run(['pair', 'lst'])).stderr
    assert.match(pair, /^This is no invitation\.\nDid you mean openclaw pair list\?\n/)
    assert.doesNotMatch((await run(['pair', 'lsd-and-more'])).stderr, /Did you mean|lsd/)
  })

  test('who looks for a service is told what there is instead', async () => {
    for (const word of ['start', 'stop', 'restart', 'install']) {
      const { code, stderr } = await run(['gateway', word])
      assert.equal(code, 1)
      assert.match(stderr, /has no command "[a-z]+"\.\nIt is no service of its own: /)
      assert.doesNotMatch(stderr, /Did you mean/)
    }
  })

  test('a role that is none is told so also where JSON is always printed', async () => {
    for (const verb of ['revoke', 'rotate']) {
      const { code, stdout } = await run(['devices', verb, '--device', '80d2a226', '--role', 'boss'])
      assert.equal(code, 1)
      const { error } = JSON.parse(stdout)
      assert.match(error.message, /^Invalid --role\. Use "operator" or "node"\. Received: "boss"\.$/)
    }
  })

  test('an answer that cannot be written is a failure that says so', {
    skip: !existsSync('/dev/full'),
  }, async () => {
    const child = spawn(
      'sh',
      ['-c', 'exec "$0" "$@" >/dev/full', process.execPath, COMMAND, 'config', 'list'],
      {
        env: { ...process.env, ...WHAT_RUNS, PAIRGATE_STATE_DIR: machine.stateDir },
      },
    )
    const { code, stderr } = await collect(child)
    assert.deepEqual([code, stderr], [1, 'Standard output cannot be written (ENOSPC).\n'])
  })

  test('a program reads it as JSON', async () => {
    const { code, stdout } = await run(['devices', 'list', '--foo', '--json'])
    assert.equal(code, 1)
    assert.deepEqual(JSON.parse(stdout), {
      ok: false,
      error: { type: 'cli_error', message: 'OpenClaw does not recognize option "--foo".' },
    })
  })

  test('a command that prints a line for each step says in one line what is wrong', async () => {
    const lines = [
      'pair --foo',
      'pair --timeout x',
      'pair nonsense',
      'connect --scope boss',
      'devices list --watch',
    ]
    const away = ['dashboard', 'connect --url nope', 'audit export', 'pair 482913 --url nope']
    for (const line of [...lines, ...away]) {
      const { code, stdout } = await run([...line.split(' '), '--json'])
      assert.equal(code, 1, line)
      assert.match(stdout, /^\{"ok":false,"error":\{.*\}\}\n$/, line)
      assert.equal(typeof JSON.parse(stdout).error.message, 'string')
    }
    assert.match((await run(['pair', 'list', '--json'])).stdout, /^\{\n {2}"ok": false,/)
  })

  test('--yes is missed in plain words also by a program', async () => {
    const { code, stdout, stderr } = await run(['devices', 'clear', '--json'])
    assert.deepEqual([code, stdout, stderr], [1, '', 'Refusing to clear pairing table without --yes\n'])
  })
})

describe('without a gateway', { concurrency: 4 }, () => {
  test('the host says how to start one', async () => {
    const { code, stderr } = await run(['devices', 'list'])
    assert.equal(code, 1)
    assert.match(stderr, /^Gateway not reachable at .*gateway\.sock \(ENOENT\)\.\n/)
    assert.ok(stderr.includes('Start it with `openclaw gateway run` or check `openclaw gateway status`.'))
  })

  test('an address that nobody listens on is told with its source', async () => {
    const { code, stderr } = await run(['devices', 'list', '--url', 'ws://127.0.0.1:9', '--token', 'x'])
    assert.equal(code, 1)
    assert.equal(
      stderr,
      [
        'Gateway not reachable at ws://127.0.0.1:9 (ECONNREFUSED).',
        'Start it with `openclaw gateway run` or check `openclaw gateway status`.',
        'Gateway target: ws://127.0.0.1:9',
        'Source: cli --url',
        `Config: ${join(machine.stateDir, 'pairgate.json')}`,
        '',
      ].join('\n'),
    )
  })

  test('a program reads the transport error, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await run([
      ...['devices', 'list', '--url', 'ws://127.0.0.1:9', '--token', 'x', '--json'],
    ])
    assert.equal(code, 1)
    assert.equal(stderr, '')
    assert.deepEqual(JSON.parse(stdout), {
      ok: false,
      error: {
        type: 'gateway_transport_error',
        kind: 'closed',
        message: 'Gateway not reachable at ws://127.0.0.1:9 (ECONNREFUSED).',
        reason: 'ECONNREFUSED',
      },
      gateway: { url: 'ws://127.0.0.1:9', urlSource: 'cli --url' },
    })
  })

  test('something that never answers is a timeout', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { code, stdout } = await run([
      ...['call', 'health', '--url', `ws://127.0.0.1:${port}`, '--token', 'x', '--timeout', '200', '--json'],
    ])
    silent.close()
    assert.equal(code, 1)
    const { error } = JSON.parse(stdout)
    assert.deepEqual(
      [error.kind, error.message, error.timeoutMs],
      ['timeout', 'gateway timeout after 200ms', 200],
    )
  })

  test('its status is an answer, and a failure only on request', async () => {
    const { code, stdout } = await run(['gateway', 'status', '--json'])
    assert.equal(code, 0)
    const { ok, reachable, url, stateDir } = JSON.parse(stdout)
    assert.deepEqual([ok, reachable, url, stateDir], [false, false, 'ws://127.0.0.1:18789', machine.stateDir])
    assert.equal((await run(['gateway', 'status', '--require-rpc'])).code, 1)
  })

  test('looking around leaves nothing behind', () => {
    assert.ok(!existsSync(join(machine.stateDir, 'identity')))
  })
})

describe('credentials', { concurrency: 4 }, () => {
  const url = ['--url', 'ws://127.0.0.1:9']

  test('an address on the command line gets none from the environment', async () => {
    const { code, stderr } = await run(['devices', 'list', ...url], { OPENCLAW_GATEWAY_TOKEN: 'ambient' })
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^gateway url override requires explicit credentials\nFix: pass --token or --password /,
    )
  })

  test('an address of the environment gets none from the config', async () => {
    const other = createMachine()
    const settings = {
      gateway: { mode: 'remote', remote: { url: 'wss://gate.example', token: 'configured' } },
    }
    writeFileSync(join(other.stateDir, 'pairgate.json'), JSON.stringify(settings), { mode: 0o600 })
    const { code, stderr } = await other.run(['devices', 'list'], {
      OPENCLAW_GATEWAY_URL: 'ws://127.0.0.1:9',
    })
    other.remove()
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^gateway url override requires explicit credentials\nSet OPENCLAW_GATEWAY_TOKEN or /,
    )
  })

  test('a token is not sent in the clear to another machine', async () => {
    const { code, stderr } = await run([
      'devices',
      'list',
      '--url',
      'ws://192.0.2.1:18789',
      '--token',
      'hunter2',
    ])
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^SECURITY ERROR: Gateway URL "ws:\/\/192\.0\.2\.1:18789" uses plaintext ws:\/\/ to a non-loopback address\.\n/,
    )
    assert.doesNotMatch(stderr, /hunter2/)
  })

  test('no token is needed where none is set', async () => {
    const { code, stdout } = await run(['gateway', 'auth-token'])
    assert.equal(code, 0)
    assert.match(stdout, /^No gateway token is set, and none is needed/)
  })

  test('a token that is set is never printed to a program', async () => {
    const secret = { OPENCLAW_GATEWAY_TOKEN: 'hunter2hunter2' }
    for (const flags of [[], ['--show']]) {
      const { code, stdout, stderr } = await run(['gateway', 'auth-token', ...flags], secret)
      assert.equal(code, 1)
      assert.match(stderr, /^Gateway auth token failed: /)
      assert.doesNotMatch(stdout + stderr, /hunter2/)
    }
  })
})
