import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '@pairgate/gateway/testing'
import { type CliResult, collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const COMMAND = fileURLToPath(new URL('../bin/openclaw.js', import.meta.url))
const SECRETS = { file: 'in-the-file-1234567890', gateway: 'of-the-gateway-1234567890', shell: 'short-shell' }
const RED = '\u001b[31mred'

interface Report {
  readonly ok: boolean
  readonly findings: readonly {
    readonly check: string
    readonly level: string
    readonly what: string
    readonly advice?: string
  }[]
  readonly fixed: readonly string[]
  readonly notLookedAt: readonly string[]
}

const host = createMachine()
const phone = createMachine()
const configFile = join(host.stateDir, 'pairgate.json')
let url = ''
let stop = async (): Promise<unknown> => undefined

const writeConfig = (text: string) => writeFileSync(configFile, text, { mode: 0o600 })
const worst = ({ findings }: Report) => findings.filter(({ level }) => level === 'warn' || level === 'fail')
const of = ({ findings }: Report, check: string) => findings.filter((each) => each.check === check)

async function examine(machine: Machine, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const result = await machine.run(['doctor', '--json', ...args], { HOME: machine.stateDir, ...env })
  const report: Report = JSON.parse(result.stdout)
  assert.equal(result.code, report.ok ? 0 : 1, result.stdout + result.stderr)
  assert.equal(report.ok, worst(report).length === 0)
  return { report, ...result }
}

function changeDatabase(statement: string): void {
  const database = new DatabaseSync(join(host.stateDir, 'pairgate.db'))
  database.exec(statement)
  database.close()
}

before(async () => {
  const port = await freePort()
  writeConfig(`{ gateway: { port: ${port}, auth: { token: '${SECRETS.file}' } } }`)
  const gateway = host.start(['gateway', 'run'], { OPENCLAW_GATEWAY_TOKEN: SECRETS.gateway })
  const ended = collect(gateway, 580_000)
  stop = async () => {
    gateway.kill('SIGTERM')
    return ended
  }
  url = (await waitForOutput(gateway, /listening on (ws:\S+)\n/))[1] ?? ''
  const connect = phone.start(['connect', '--url', url, '--json', '--scope', 'operator.admin', '--name', RED])
  const whole = collect(connect)
  const [, requestId = ''] = await waitForOutput(connect, /"requestId":"([^"]+)"/)
  assert.equal((await host.run(['devices', 'approve', requestId, '--expires', '3d'])).code, 0)
  assert.equal((await whole).code, 0)
})
after(async () => {
  await stop()
  for (const machine of [host, phone]) machine.remove()
})

describe('while the gateway runs', { concurrency: 4 }, () => {
  test('doctor names every copy of the shared secret by a fingerprint, the one that wins, and none in full', async () => {
    const { report, stdout, stderr } = await examine(host, [], { OPENCLAW_GATEWAY_TOKEN: SECRETS.shell })
    for (const secret of Object.values(SECRETS)) assert.ok(!(stdout + stderr).includes(secret))
    const [copies] = of(report, 'secret-copies')
    assert.equal(copies?.level, 'warn')
    const prints = [...(copies?.what ?? '').matchAll(/\(([0-9a-f]{8})\)/g)].map(([, print]) => print)
    assert.equal(new Set(prints).size, 3, copies?.what)
    assert.match(copies?.what ?? '', /The gateway takes that of its variable OPENCLAW_GATEWAY_TOKEN/)
    assert.equal(copies?.advice, 'Take the wrong one out of this shell: unset OPENCLAW_GATEWAY_TOKEN')
    const again = await examine(host, [], { OPENCLAW_GATEWAY_TOKEN: SECRETS.gateway })
    const [, second] = [...(of(again.report, 'secret-copies')[0]?.what ?? '').matchAll(/\(([0-9a-f]{8})\)/g)]
    assert.ok(prints.includes(second?.[1]), 'a secret has the same fingerprint each time')
    assert.match(
      of(again.report, 'secret-copies')[0]?.advice ?? '',
      /^Keep one of the two: openclaw config unset /,
    )
  })

  test('every check is told of or named as not looked at, each with its level and what to do', async () => {
    const socket = join(host.stateDir, 'gateway.sock')
    chmodSync(socket, 0o666)
    const { report } = await examine(host)
    chmodSync(socket, 0o600)
    assert.deepEqual(
      of(report, 'file-modes').map(({ advice }) => advice),
      [`chmod 600 ${socket}`],
    )
    const told = new Set([...report.findings.map(({ check }) => check), ...report.notLookedAt])
    const { DOCTOR_CHECK_IDS } = await import('@pairgate/gateway/doctor')
    assert.deepEqual([...told].sort(), [...DOCTOR_CHECK_IDS].sort())
    for (const finding of worst(report)) assert.ok(finding.advice, finding.what)
    assert.deepEqual(
      of(report, 'admin').map(({ level }) => level),
      ['ok'],
    )
    assert.deepEqual(
      of(report, 'event-log').map(({ level }) => level),
      ['ok'],
    )
  })

  test('a token that runs out soon is told with the command that renews it, and its name with tamed controls', async () => {
    const { stdout, code } = await host.run(['doctor'], { HOME: host.stateDir })
    assert.equal(code, 1)
    assert.match(stdout, /warn {2}Tokens that end .*run out within a week: /)
    assert.match(stdout, /-> openclaw devices extend [0-9a-f]{64} --role operator --expires 90d/)
    assert.ok(!stdout.includes('\u001b'), 'no escape of a device reaches the terminal')
  })

  test('from afar a paired device looks at what it may, and a foreign pin or a dead address is told', async () => {
    const there = await examine(phone, ['--url', url])
    assert.deepEqual(
      worst(there.report).map(({ check }) => check),
      ['tokens-ending'],
    )
    assert.equal(of(there.report, 'event-log')[0]?.level, 'ok')
    assert.ok(there.report.notLookedAt.includes('file-modes'))
    const nobody = await examine(phone, ['--url', 'ws://127.0.0.1:9', '--timeout', '2000'])
    assert.deepEqual(
      worst(nobody.report).map(({ check }) => check),
      ['address'],
    )
    const stranger = createMachine()
    const refused = await examine(stranger, ['--url', url, '--token', 'wrong'])
    assert.equal(of(refused.report, 'device-tokens')[0]?.level, 'fail')
    stranger.remove()
  })
})

// Alone: who is not root shuts everybody out of the directory meanwhile.
test('another user is told what was not looked at, and gets no word out of the state directory', async () => {
  const { stdout, code } = await asAnotherUser()
  const report: Report = JSON.parse(stdout)
  assert.equal(code, 1)
  assert.match(of(report, 'state-dir')[0]?.what ?? '', /may not look into .*nothing in it was looked at/)
  for (const check of ['keys', 'database', 'event-log', 'file-modes'])
    assert.ok(report.notLookedAt.includes(check), check)
})

describe('while the gateway is stopped', () => {
  before(() => stop())

  test('doctor --fix takes rights away and removes leftovers, says so, and has nothing to do a second time', async () => {
    const key = join(host.stateDir, 'secrets', 'token.key')
    const draft = join(host.stateDir, 'event-head.json.tmp')
    chmodSync(join(host.stateDir, 'secrets'), 0o755)
    chmodSync(key, 0o644)
    writeFileSync(draft, '')
    utimesSync(draft, 0, 0)

    const found = await examine(host)
    assert.equal(of(found.report, 'file-modes').length, 2)
    assert.equal(of(found.report, 'file-modes')[1]?.advice, `chmod 600 ${key}`)
    assert.ok(existsSync(draft), 'it only looks without --fix')

    const { report } = await examine(host, ['--fix'])
    assert.equal(report.fixed.length, 3, report.fixed.join('\n'))
    assert.deepEqual(
      of(report, 'file-modes').map(({ level }) => level),
      ['ok'],
    )
    assert.equal(statSync(key).mode & 0o777, 0o600)
    assert.ok(!existsSync(draft))
    assert.deepEqual((await examine(host, ['--fix'])).report.fixed, [])
  })

  test('a config that cannot be used is told with its line, and all else is looked at all the same', async () => {
    writeConfig(`{\n gateway: { port: 'no', bind: 'lan', auth: { mode: 'none' }, tokn: '${SECRETS.file}' } }`)
    const { report, stdout } = await examine(host)
    assert.ok(of(report, 'settings').some(({ what }) => what.startsWith('Line 2: ')))
    assert.equal(of(report, 'event-log')[0]?.level, 'ok')
    assert.ok(!stdout.includes(SECRETS.file))
    writeConfig("{ gateway: { port: 0, bind: 'lan', auth: { mode: 'none' } } }")
    const open = await examine(host)
    assert.equal(
      of(open.report, 'exposure')[0]?.level,
      'fail',
      'nobody is let in from afar without anything (T40)',
    )
    writeConfig('{ gateway: { port: 0 } }')
  })

  test('a token beyond its grant, a log that was changed and a clock that went back are failures', async () => {
    changeDatabase(`update devices set scopes = '["operator.read"]'`)
    assert.deepEqual(
      of((await examine(host)).report, 'tokens-grant').map(({ level }) => level),
      ['fail'],
    )
    changeDatabase('update events set at = at + 86400000')
    const { report } = await examine(host)
    assert.equal(of(report, 'event-log')[0]?.level, 'fail')
    assert.match(of(report, 'event-log')[0]?.what ?? '', /Event 1 was changed/)
    assert.equal(of(report, 'clock')[0]?.level, 'fail')
  })

  test('a database of a newer version, a damaged one and a foreign key are told, and nothing is made', async () => {
    writeFileSync(join(host.stateDir, 'secrets', 'token.key'), `${'A'.repeat(43)}\n`, { mode: 0o600 })
    assert.match(of((await examine(host)).report, 'keys')[0]?.what ?? '', /does not belong to this database/)
    changeDatabase("insert into kysely_migration values ('9999-later', '')")
    assert.equal(of((await examine(host)).report, 'database')[0]?.level, 'fail')
    writeFileSync(join(host.stateDir, 'pairgate.db'), 'no database', { mode: 0o600 })
    assert.match(of((await examine(host)).report, 'database')[0]?.what ?? '', /damaged, or is no database/)
    const empty = createMachine()
    empty.remove()
    // Where nobody can make anything, not even the cache of the command.
    const { report } = await examine(empty, [], { HOME: '/dev/null' })
    assert.equal(of(report, 'state-dir')[0]?.level, 'note')
    assert.ok(!existsSync(empty.stateDir))
  })
})

/** Root becomes somebody else; anybody else is shut out of the directory for a moment. */
async function asAnotherUser(): Promise<CliResult> {
  const isRoot = process.getuid?.() === 0
  if (!isRoot) chmodSync(host.stateDir, 0o000)
  try {
    const child = spawn(process.execPath, [COMMAND, 'doctor', '--json'], {
      ...(isRoot && { uid: 65_534, gid: 65_534 }),
      env: {
        PATH: process.env['PATH'],
        HOME: '/nowhere',
        PAIRGATE_STATE_DIR: host.stateDir,
        PAIRGATE_FROM_SOURCE: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return await collect(child)
  } finally {
    if (!isRoot) chmodSync(host.stateDir, 0o700)
  }
}
