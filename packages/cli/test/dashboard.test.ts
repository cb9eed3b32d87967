import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { collect, createMachine, type Machine, waitForOutput } from './run-cli.ts'

const host = createMachine()
const home = join(host.stateDir, 'home')
const programs = join(host.stateDir, 'programs')
const askedFor = join(host.stateDir, 'asked-for')
const machines: Machine[] = [host]
const LINK = /http:\/\/127\.0\.0\.1:\d+\/__pairgate__\/pair#pgi_[\w-]{50}/

/** A desktop, as far as the command can tell; what is opened there is only noted. */
const desktop = {
  HOME: home,
  DISPLAY: ':99',
  SSH_CONNECTION: undefined,
  PATH: `${programs}${delimiter}${process.env['PATH']}`,
}
const nowhere = { HOME: home, DISPLAY: undefined, WAYLAND_DISPLAY: undefined, SSH_CONNECTION: undefined }

let gateway: ChildProcess
let said = ''
let url = ''

before(async () => {
  for (const folder of [home, programs]) mkdirSync(folder)
  const opener = join(programs, 'xdg-open')
  writeFileSync(
    opener,
    `#!/bin/sh\nprintf '%s\\n' "$@" > ${askedFor}.part && mv ${askedFor}.part ${askedFor}\n`,
  )
  chmodSync(opener, 0o700)
  gateway = host.start(['gateway', 'run', '--port', '0'])
  for (const stream of [gateway.stdout, gateway.stderr])
    stream?.on('data', (piece: unknown) => {
      said += String(piece)
    })
  const [, found = ''] = await waitForOutput(gateway, /listening on (ws:\/\/127\.0\.0\.1:\d+)\n/)
  url = found
})
after(async () => {
  gateway.kill('SIGTERM')
  await collect(gateway)
  for (const machine of machines) machine.remove()
})

const leftOver = () => readdirSync(home).filter((name) => name.startsWith('pairgate'))

/** A browser of another machine: what it does with the link is what the command does with it. */
async function redeem(link: string) {
  const machine = createMachine()
  machines.push(machine)
  return machine.pipe(['pair', '-', '--url', url, '--json'], link)
}

/** The page that was laid out for the browser. */
async function openedPage(): Promise<string> {
  for (let tries = 0; tries < 400 && !existsSync(askedFor); tries += 1) await sleep(25)
  return readFileSync(askedFor, 'utf8').trim()
}

test('prints a link that makes whoever brings it first an admin, once', async () => {
  const { code, stdout, stderr } = await host.run(['dashboard', '--no-open', '--json'], desktop)
  assert.equal(code, 0, stderr)
  const { event, link, opened, id, expiresAtMs } = JSON.parse(stdout)
  assert.deepEqual([event, opened, typeof id], ['invitation', false, 'string'])
  assert.match(link, LINK)
  assert.equal(new URL(link).port, new URL(url).port)
  assert.ok(Math.abs(expiresAtMs - Date.now() - 600_000) < 60_000)
  assert.ok(!existsSync(askedFor), 'a browser was opened')

  const joined = await redeem(link)
  assert.equal(joined.code, 0, joined.stderr)
  const mine = JSON.parse(joined.stdout.trim().split('\n').at(-1) ?? '')
  assert.deepEqual([mine.scopes, mine.session], [['operator.admin'], '*'])
  assert.equal((await redeem(link)).code, 1)
})

describe('on a desktop', { skip: process.platform !== 'linux' && 'needs /proc and xdg-open' }, () => {
  test('opens a page that nobody else can read, waits for the browser and takes the page back', async () => {
    const child = host.start(['dashboard'], desktop)
    const ended = collect(child)
    const [link] = await waitForOutput(child, LINK)
    const page = await openedPage()
    assert.ok(!page.includes('pgi_'), page)
    assert.equal(dirname(dirname(page)), home)
    assert.deepEqual([statSync(page).mode & 0o777, statSync(dirname(page)).mode & 0o777], [0o600, 0o700])
    assert.ok(readFileSync(page, 'utf8').includes(`content="0; url=${link}"`))
    assert.ok(!readFileSync(`/proc/${child.pid}/cmdline`, 'utf8').includes('pgi_'))

    assert.equal((await redeem(link)).code, 0)
    const { code, stdout, stderr } = await ended
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^joined: .+ Scopes: {2}operator\.admin/ms)
    assert.deepEqual(leftOver(), [])
  })

  test('Ctrl+C takes link and page back', async () => {
    const child = host.start(['dashboard'], desktop)
    const ended = collect(child)
    const [link] = await waitForOutput(child, LINK)
    child.kill('SIGINT')
    const { code, stderr } = await ended
    assert.equal(code, 130)
    assert.match(stderr, /^The invitation was cancelled: nobody can join with it any more\.\n/)
    assert.deepEqual(leftOver(), [])
    assert.equal((await redeem(link)).code, 1)
  })

  test('where nothing opens a page, the link is printed and the command leaves', async () => {
    const bare = { ...desktop, PATH: home }
    const { code, stdout, stderr } = await host.run(['dashboard'], bare)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^Open this link in a browser:\n\n {2}http/)
    assert.match(stdout, /\nTo end it: openclaw pair cancel [0-9a-f-]{36}\n$/)
    assert.deepEqual(leftOver(), [])
  })
})

test('who came by SSH is told how the browser gets there, and no browser is opened', async () => {
  const remote = { ...desktop, SSH_CONNECTION: '192.0.2.1 5000 192.0.2.2 22' }
  const { code, stdout } = await host.run(['dashboard'], remote)
  assert.equal(code, 0)
  const { port } = new URL(url)
  assert.ok(stdout.includes(`  ssh -N -L ${port}:127.0.0.1:${port} <this machine>\n`), stdout)
})

test('without a desktop the link is printed', async () => {
  const { code, stdout } = await host.run(['dashboard'], nowhere)
  assert.equal(code, 0)
  assert.match(stdout, LINK)
})

test('somebody who is no admin cannot make one', async () => {
  const { stdout } = await host.run(['pair', '--scope', 'operator.pairing', '--no-wait', '--json'])
  const machine = createMachine()
  machines.push(machine)
  const { id, link } = JSON.parse(stdout)
  const joining = machine.pipe(['pair', '-', '--url', url], link)
  await joining
  assert.equal(typeof id, 'string')
  const refused = await machine.run(['dashboard', '--no-open', '--url', url])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /missing scope: operator\.(?:admin|read)/)
  assert.ok(!refused.stdout.includes('pgi_'))
})

test('no secret is in the log of the gateway', () => {
  assert.ok(!said.includes('pgi_'), said)
})
