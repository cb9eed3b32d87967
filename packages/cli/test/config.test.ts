import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type CliResult, collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const SECRET = 'a-secret-that-nobody-sees'

function machineOf(t: TestContext) {
  const machine = createMachine()
  t.after(() => machine.remove())
  const file = join(machine.stateDir, 'pairgate.json')
  return {
    machine,
    file,
    text: () => readFileSync(file, 'utf8'),
    write: (text: string) => writeFileSync(file, text, { mode: 0o600 }),
    run: (line: string) => machine.run(line.split(' ')),
  }
}

async function withGateway(t: TestContext, env: NodeJS.ProcessEnv = {}) {
  const place = machineOf(t)
  const gateway = place.machine.start(['gateway', 'run', '--port', '0'], env)
  const ended = collect(gateway, 580_000)
  const log: string[] = []
  gateway.stderr?.on('data', (piece: unknown) => log.push(String(piece)))
  const [, url = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  t.after(async () => {
    gateway.kill('SIGTERM')
    await ended
  })
  return { ...place, gateway, url, log }
}

function ended({ code, stdout, stderr }: CliResult, wanted: number, what?: RegExp): void {
  assert.equal(code, wanted, `${stdout}${stderr}`)
  if (what) assert.match(`${stdout}${stderr}`, what)
}

describe('without a gateway', () => {
  test('a value is set, read and taken out again, in the words of OpenClaw', async (t) => {
    const { run, file } = machineOf(t)
    ended(await run('config file'), 0, new RegExp(`^${file}\n$`))
    ended(await run('config get gateway.port'), 1, /^Config path is valid but unset: gateway\.port\./)
    ended(await run('config set gateway.port 19000'), 0, /^Updated gateway\.port\. No gateway runs here/)
    assert.equal((await run('config get gateway.port')).stdout, '19000\n')
    assert.equal((await run('config get gateway --json')).stdout, '{\n  "port": 19000\n}\n')
    ended(await run('config unset gateway.port'), 0, /^Removed gateway\.port\./)
    ended(await run('config unset gateway.port'), 1, /^Config path not found: gateway\.port\. Nothing/)
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })

  test('what cannot be meant changes nothing', async (t) => {
    const { run, text, write } = machineOf(t)
    const before = '{ gateway: { port: 19000, /* mine */ } }'
    write(before)
    ended(
      await run('config set gatway.port 1'),
      1,
      /^Unknown config path: gatway\.port\.\nDid you mean gateway\.port\?/,
    )
    ended(
      await run('config set gateway.port x'),
      1,
      /^Config validation failed: "gateway\.port" .* is "x"\. Use a port/,
    )
    ended(
      await run('config set gateway.bind lan'),
      1,
      /^Config validation failed: Refusing to listen on 0\.0\.0\.0/,
    )
    ended(await run('config set gateway.auth.mode password'), 1, /but there is none/)
    ended(await run('config set gateway.port'), 1, /^Missing required argument "value"\./)
    assert.equal(text(), before)

    write('{ gateway: ')
    ended(
      await run('config set gateway.port 1'),
      1,
      /is no JSON5: invalid end of input at 1:12\. Correct it there\./,
    )
    assert.equal(text(), '{ gateway: ')
  })

  test('comments and layout of the file stay', async (t) => {
    const { run, text, write } = machineOf(t)
    write('// ours\n{\n  gateway: {\n    port: 19000, // not the usual one\n  },\n}\n')
    ended(await run('config set gateway.port 19001'), 0)
    ended(await run('config set gateway.trustedProxies 10.0.0.5,::1'), 0)
    const lines = ['    port: 19001, // not the usual one', '    trustedProxies: ["10.0.0.5", "::1"],']
    assert.equal(text(), `// ours\n{\n  gateway: {\n${lines.join('\n')}\n  },\n}\n`)
  })

  test('settings that need each other are set together', async (t) => {
    const { machine, run } = machineOf(t)
    ended(await run('config set gateway.tls.cert cert.pem'), 1, /TLS needs both/)
    ended(await machine.run(['config', 'set', 'gateway.tls', '{ cert: "cert.pem", key: "key.pem" }']), 0)
    assert.equal((await run('config get gateway.tls.key')).stdout, 'key.pem\n')
  })

  test('a wrong file can be mended one by one, and validate tells all that is wrong', async (t) => {
    const { run, write, file } = machineOf(t)
    ended(await run('config validate'), 1, /^Config file not found: /)
    write('{\n  gateway: {\n    port: "x",\n    bind: "nowhere",\n  },\n}\n')
    const { stderr, code } = await run('config validate')
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^Line 3: "gateway\.port" .*\nLine 4: "gateway\.bind" .*\nA gateway would not start/m,
    )
    const { issues, valid } = JSON.parse((await run('config validate --json')).stdout)
    assert.equal(valid, false)
    assert.deepEqual(
      issues.map(({ path, line }: { path: string; line: number }) => [path, line]),
      [
        ['gateway.port', 3],
        ['gateway.bind', 4],
      ],
    )
    ended(await run('config set gateway.port 19000'), 0, /Still wrong: "gateway\.bind"/)
    ended(await run('config unset gateway.bind'), 0)
    ended(await run('config validate'), 0, new RegExp(`^Config valid: ${file}\n$`))
  })

  test('a link to the file stays a link', async (t) => {
    const { run, file, write, machine } = machineOf(t)
    const real = join(machine.stateDir, 'kept-elsewhere.json')
    write('{}')
    renameSync(file, real)
    symlinkSync(real, file)
    ended(await run('config set gateway.port 19000'), 0)
    assert.ok(lstatSync(file).isSymbolicLink())
    assert.match(readFileSync(real, 'utf8'), /19000/)
  })

  test('root leaves the file to whoever owns it', { skip: process.getuid?.() !== 0 }, async (t) => {
    const { run, file, machine } = machineOf(t)
    chownSync(machine.stateDir, 65_534, 65_534)
    for (const port of [19_000, 19_001]) {
      ended(await run(`config set gateway.port ${port}`), 0)
      for (const path of [file, `${file}.lock`]) assert.equal(statSync(path).uid, 65_534)
    }
  })

  test('a group that may read or write the file still may after a change, and nobody else', async (t) => {
    const { run, file, write } = machineOf(t)
    write('{}')
    for (const [before, after] of [
      [0o640, 0o640],
      [0o660, 0o660],
      [0o664, 0o660],
    ] as const) {
      chmodSync(file, before)
      // The state directory's own rule on modes is the gateway's to hold, not the editor's.
      ended(await run('config set gateway.port 19000'), 0)
      assert.equal(statSync(file).mode & 0o777, after)
    }
  })

  test('of changes at once none is lost', async (t) => {
    const { run, text } = machineOf(t)
    const limits = ['pendingPerDevice', 'pendingPerPeer', 'pendingInAll', 'failuresPerPeer', 'failuresInAll']
    const all = await Promise.all(
      limits.map((name, at) => run(`config set gateway.limits.${name} ${at + 7}`)),
    )
    for (const result of all) ended(result, 0)
    assert.deepEqual(
      Object.entries(JSON.parse(text()).gateway.limits).sort(),
      limits.map((name, at) => [name, at + 7] as const).sort(),
    )
  })

  test('list tells value and source of every setting', async (t) => {
    const { machine, run } = machineOf(t)
    ended(await run('config set gateway.allowPlaintext true'), 0)
    const env = { OPENCLAW_GATEWAY_PORT: '19007' }
    const { stdout } = await machine.run(['config', 'list', '--sources', '--json'], env)
    const { running, settings } = JSON.parse(stdout)
    const of = (key: string) => settings.find((setting: { key: string }) => setting.key === key)
    assert.equal(running, false)
    const key = 'gateway.allowPlaintext'
    assert.deepEqual(of(key), { key, value: true, source: 'file', applies: 'restart' })
    const { value, source, by } = of('gateway.port')
    assert.deepEqual([value, source, by], [19_007, 'env', 'OPENCLAW_GATEWAY_PORT'])
    assert.equal(of('gateway.limits.handshakeMs').source, 'default')
    ended(
      await run('config list --sources'),
      0,
      /gateway\.allowPlaintext +│ true +│ file +│ at the next start/,
    )
  })
})

test('validate tells what a start would refuse about modes, and what it would warn about', async (t) => {
  const { machine, run, write, file } = machineOf(t)
  write('{ gateway: { auth: { mode: "none" } } }')
  const { code, stdout, stderr } = await run('config validate')
  assert.deepEqual([code, stdout], [0, `Config valid: ${file}\n`])
  assert.match(stderr, /^Warning: gateway\.auth\.mode is "none"/)

  chmodSync(file, 0o644)
  chmodSync(machine.stateDir, 0o750)
  const refused = await run('config validate')
  assert.equal(refused.code, 1)
  const started = await run('gateway run --port 0')
  for (const told of [refused.stderr, started.stderr])
    assert.ok(told.includes(`chmod 700 ${machine.stateDir}`), told)
  assert.match(
    refused.stderr,
    /^Nothing is wrong in [^\n]+\n.*chmod 700 .*\n.*chmod 600 .*\n.*exit code 1\)\.\n$/,
  )
  const { valid, issues, warnings } = JSON.parse((await run('config validate --json')).stdout)
  assert.deepEqual([valid, issues.length, warnings.length], [false, 2, 1])
})

describe('a secret', () => {
  test('comes by standard input, and no command shows it again', async (t) => {
    const { machine, run, text } = machineOf(t)
    ended(await machine.pipe(['config', 'set', 'gateway.auth.token', '-'], `${SECRET}\n`), 0)
    assert.equal(JSON.parse(text()).gateway.auth.token, SECRET)
    for (const line of ['get gateway.auth.token', 'get gateway', 'list', 'list --sources', 'validate']) {
      for (const json of ['', ' --json']) {
        const { code, stdout, stderr } = await run(`config ${line}${json}`)
        assert.equal(code, 0)
        assert.ok(!`${stdout}${stderr}`.includes(SECRET), line)
      }
    }
    ended(await run('config get gateway.auth.token --show'), 1, /outside an interactive terminal/)
    assert.equal((await run('config get gateway.auth.token')).stdout, '__OPENCLAW_REDACTED__\n')
  })

  test('is refused among the arguments, also inside of a section', async (t) => {
    const { machine, run, text, write } = machineOf(t)
    write('{}')
    ended(await run(`config set gateway.auth.password ${SECRET}`), 1, /is a secret: on the command line/)
    const section = `{ password: "${SECRET}" }`
    ended(
      await machine.run(['config', 'set', 'gateway.auth', section]),
      1,
      /gateway\.auth\.password is a secret/,
    )
    assert.equal(text(), '{}')
  })
})

describe('with a running gateway', () => {
  test('a live change is applied before the command ends (T26)', async (t) => {
    const { machine, run, url } = await withGateway(t)
    const change = (secret: string) => machine.pipe(['config', 'set', 'gateway.auth.token', '-'], secret)
    const call = (secret: string) => run(`call health --url ${url} --token ${secret}`)
    ended(await change('one-secret'), 0, /The running gateway has applied it\.\n$/)
    ended(await call('one-secret'), 0)
    ended(await change('another-secret'), 0, /The running gateway has applied it\.\n$/)
    ended(await call('one-secret'), 1, /token mismatch/)
    ended(await call('another-secret'), 0)
    ended(
      await run('config unset gateway.auth.token'),
      0,
      /^Removed gateway\.auth\.token\. The running gateway/,
    )
    ended(await call('another-secret'), 1)
  })

  test('a change that has to wait says for what', async (t) => {
    const { run } = await withGateway(t, { OPENCLAW_HANDSHAKE_TIMEOUT_MS: '20000' })
    ended(await run('config set gateway.allowPlaintext true'), 0, /Restart the gateway to apply\.\n$/)
    ended(await run('config set gateway.port 19000'), 0, /does not use it: --port overrides the file\.\n$/)
    ended(
      await run('config set gateway.limits.handshakeMs 9000'),
      0,
      /does not use it: OPENCLAW_HANDSHAKE_TIMEOUT_MS overrides the file\.\n$/,
    )
    ended(await run('config set gateway.pairing.approveLatest documented'), 0, /Commands use it from now on/)
    const { changed } = JSON.parse((await run('config set gateway.port 19001 --json')).stdout)
    assert.deepEqual(changed, [{ key: 'gateway.port', effect: 'overridden', by: '--port' }])
    ended(await run('config list --sources'), 0, /the file says something\s/)
  })

  test('SIGHUP reads a file that was changed by hand, and a bad one changes nothing', async (t) => {
    const { write, run, gateway, log, url } = await withGateway(t)
    const logged = async (what: RegExp) => {
      while (!what.test(log.join(''))) await new Promise((resolve) => gateway.stderr?.once('data', resolve))
    }
    write(`{ gateway: { auth: { token: '${SECRET}' } } } // by hand`)
    gateway.kill('SIGHUP')
    await logged(/"applied":\["gateway\.auth\.token"\]/)
    write('{ gateway: { auth: { token: 5 } } }')
    gateway.kill('SIGHUP')
    await logged(/the settings cannot be used, and nothing was changed/)
    ended(await run(`call health --url ${url} --token ${SECRET}`), 0)
    ended(await run('config validate'), 1, /The one that runs here goes on with the settings it has/)
    assert.ok(!log.join('').includes(SECRET))
  })
})

test('the command line of config set is hidden from the list of processes', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const machine: Machine = createMachine()
  t.after(() => machine.remove())
  // Read by the command itself, when it has read its settings and before it is gone.
  const look = `import { readFileSync } from 'node:fs'
    process.on('exit', () => console.error(readFileSync('/proc/self/cmdline', 'utf8')))`
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(look)}` }
  const { code, stderr } = await machine.run(['config', 'set', 'gateway.port', '19000'], env)
  assert.equal(code, 0, stderr)
  assert.equal(stderr.replaceAll('\0', '').trim(), 'openclaw')
})
