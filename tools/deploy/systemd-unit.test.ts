import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPage, root } from '../docs/markdown.ts'

const CHECKOUT = '/opt/pairgate/'
const text = readPage('deploy/systemd/pairgate.service')
/** All values of a key, in their order. */
const valuesOf = (key: string) =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value)

test('the unit starts the command of the checkout and keeps its state where it may write', () => {
  const [command = ''] = valuesOf('ExecStart')
  const [, path = ''] = new RegExp(`^/usr/bin/node ${CHECKOUT}(\\S+) gateway run$`).exec(command) ?? []
  assert.ok(existsSync(join(root, path)), command)
  const [state] = valuesOf('StateDirectory')
  assert.ok(valuesOf('Environment').includes(`PAIRGATE_STATE_DIR=/var/lib/${state}`))
  assert.deepEqual(valuesOf('StateDirectoryMode'), ['0700'])
})

test('the unit sends one signal, and does not start settings again that cannot work', () => {
  assert.deepEqual(valuesOf('KillMode'), ['mixed'])
  assert.deepEqual(valuesOf('ExecReload'), ['/bin/kill -HUP $MAINPID'])
  const [code = ''] = valuesOf('RestartPreventExitStatus')
  assert.match(readPage('docs/operations.md'), new RegExp(`^\\| ${code} \\| settings that cannot work`, 'm'))
})

test('the unit leaves what JavaScript and the gateway need', () => {
  assert.deepEqual(valuesOf('MemoryDenyWriteExecute'), [])
  const families = valuesOf('RestrictAddressFamilies').join(' ').split(' ').sort()
  assert.deepEqual(families, ['AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_UNIX'])
})

/** The first that measures a unit which is not installed. */
const NEEDED = 250
const { stdout: about } = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' })
const isMissing = Number(/^systemd (\d+)/.exec(about ?? '')?.[1] ?? 0) < NEEDED
const skip = isMissing && `NOT TESTED: systemd-analyze ${NEEDED} or newer is not installed`

test('systemd finds nothing wrong with the unit, and little that it leaves open', { skip }, (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'unit-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const unit = join(directory, 'pairgate.service')
  writeFileSync(unit, text.replaceAll(CHECKOUT, `${root}/`).replace('/usr/bin/node', process.execPath))
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
  assert.deepEqual([verified.status, verified.stderr], [0, ''])
  // In tenths: 100 is a service without any protection.
  const open = ['security', '--offline=yes', '--threshold=20', '--no-pager', unit]
  const measured = spawnSync('systemd-analyze', open, { encoding: 'utf8' })
  assert.equal(measured.status, 0, measured.stdout)
})
