import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type CliResult, collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

/** A gateway of its own that nobody has owned yet, and the machines that come to it. */
interface Unclaimed {
  readonly host: Machine
  readonly file: string
  url(): string
  device(): Machine
  claim(): string
  /** Its file has gone. */
  over(): Promise<unknown>
  start(): Promise<void>
  /** @returns what it said since it was started. */
  stop(): Promise<CliResult>
  remove(): void
}

function createUnclaimed(): Unclaimed {
  const host = createMachine()
  const machines = [host]
  const file = join(host.stateDir, 'claim-link')
  let gateway: ChildProcess
  let stopped: Promise<CliResult>
  const over = Promise.withResolvers<void>()
  let url = ''
  return {
    host,
    file,
    url: () => url,
    over: () => over.promise,
    claim: () => readFileSync(file, 'utf8').trim(),
    device() {
      const machine = createMachine()
      machines.push(machine)
      return machine
    },
    async start() {
      gateway = host.start(['gateway', 'run', '--port', url === '' ? '0' : new URL(url).port])
      stopped = collect(gateway, 580_000)
      gateway.stderr?.on('data', (piece: string) => {
        if (piece.includes('the claim is over')) over.resolve()
      })
      const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
      url = found
    },
    stop() {
      gateway.kill('SIGTERM')
      return stopped
    },
    remove() {
      for (const machine of machines) machine.remove()
    },
  }
}

const parsed = ({ stdout }: CliResult) => JSON.parse(stdout.replaceAll('\n', ' '))
const lastOf = ({ stdout }: CliResult) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
const SPENT = /^The \w+ (?:has run out|is wrong)/

describe('a gateway that nobody owns yet', () => {
  const gateway = createUnclaimed()
  const owner = gateway.device()
  let claim = ''
  let deviceId = ''

  before(() => gateway.start())
  after(async () => {
    await gateway.stop()
    gateway.remove()
  })

  test('prints where the secret of its first owner is, and never the secret, where no terminal is', async () => {
    claim = gateway.claim()
    assert.match(claim, /pgi_[\w-]{50}/)
    const { stdout, stderr } = await gateway.stop()
    assert.ok(stderr.includes(gateway.file), stderr)
    assert.ok(!(stdout + stderr).includes('pgi_'))
    await gateway.start()
    assert.equal(gateway.claim(), claim)
  })

  test('is claimed by what stands in its file, without anybody at the host', async () => {
    const joined = await owner.pipe(['pair', '-', '--url', gateway.url(), '--json'], `${claim}\n`)
    assert.equal(joined.code, 0, joined.stderr)
    const mine = lastOf(joined)
    deviceId = mine.deviceId
    assert.deepEqual([mine.role, mine.scopes], ['operator', ['operator.admin']])
    await gateway.over()
    assert.ok(!existsSync(gateway.file))
    const { paired } = parsed(await owner.run(['devices', 'list', '--url', gateway.url(), '--json']))
    assert.deepEqual(
      paired.map((row: { deviceId: string }) => row.deviceId),
      [deviceId],
    )
  })

  test('is claimed once: neither the same secret nor the host makes another first owner', async () => {
    const late = await gateway.device().pipe(['pair', '-', '--url', gateway.url()], claim)
    assert.equal(late.code, 1)
    assert.match(late.stderr, SPENT)
    const code = await gateway.host.run(['pair', '--claim'])
    assert.equal(code.code, 1)
    assert.match(code.stderr, /^the gateway has, or has had, an owner; invite a device instead\n/)
  })

  test('stays claimed when its last admin is removed on the host, also after a restart', async () => {
    const removed = await gateway.host.run(['devices', 'remove', deviceId])
    assert.equal(removed.code, 0, removed.stderr)
    const { stderr } = await gateway.stop()
    await gateway.start()
    assert.ok(!existsSync(gateway.file))
    assert.equal((await gateway.host.run(['pair', '--claim'])).code, 1)
    const late = await gateway.device().pipe(['pair', '-', '--url', gateway.url()], claim)
    assert.match(late.stderr, SPENT)

    const line = stderr.split('\n').find((each) => each.includes('was claimed')) ?? ''
    const said = JSON.parse(line)
    assert.equal(said.deviceId, deviceId)
    assert.match(said.words, /^[a-z]+( [a-z]+){5}$/)
    assert.equal(said.undo, `openclaw devices remove ${deviceId}`)
  })
})

describe('`openclaw pair --claim` on the host', () => {
  const gateway = createUnclaimed()
  before(() => gateway.start())
  after(async () => {
    await gateway.stop()
    gateway.remove()
  })

  test('shows a code and a link to its owner alone', async () => {
    const shown = await gateway.host.run(['pair', '--claim'])
    assert.equal(shown.code, 0, shown.stderr)
    assert.match(shown.stdout, /^Whoever enters this becomes the owner of the gateway\.\n/)
    assert.match(shown.stdout, /Code: {4}\d{3} \d{3} \(expires in \dm\)\n/)
    assert.match(shown.stdout, /Link: {4}http:\/\/127\.0\.0\.1:\d+\/__pairgate__\/pair#pgi_\S+\n/)

    const stranger = await gateway.device().run(['pair', '--claim', '--url', gateway.url()])
    assert.equal(stranger.code, 1)
    assert.ok(!(stranger.stdout + stranger.stderr).includes('pgi_'))
  })

  test('a code makes the owner only after its words were confirmed on the host (T42)', async () => {
    const { id, code } = parsed(await gateway.host.run(['pair', '--claim', '--json']))
    const device = gateway.device()
    const joining = device.start(['pair', code, '--url', gateway.url(), '--name', 'First phone', '--json'])
    const entered = collect(joining)
    const [, words = ''] = await waitForOutput(joining, /"event":"pending".*"fingerprint":"([a-z ]+)"/)
    assert.ok(existsSync(gateway.file), 'nobody owns it yet')

    const unsure = await gateway.host.run(['pair', 'confirm', id])
    assert.equal(unsure.code, 1)
    assert.ok(unsure.stderr.includes(`Fingerprint: ${words}\n`))
    assert.match(unsure.stderr, /Requested: {3}roles: operator; scopes: operator\.admin/)
    assert.equal((await gateway.host.run(['pair', 'confirm', id, '--yes'])).code, 0)
    const joined = await entered
    assert.deepEqual([joined.code, lastOf(joined).scopes], [0, ['operator.admin']])
    await gateway.over()
    assert.ok(!existsSync(gateway.file))
    const list = await device.run(['devices', 'list', '--url', gateway.url(), '--json'])
    assert.equal(parsed(list).paired[0].displayName, 'First phone')
  })
})
