import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveStateDir, statePaths } from './state-dir.ts'

test('the state directory is ours, else the one named for OpenClaw, else in the home directory', () => {
  const both = { PAIRGATE_STATE_DIR: '/a', OPENCLAW_STATE_DIR: '/b' }
  assert.equal(resolveStateDir(both, '/home/u'), '/a')
  assert.equal(resolveStateDir({ OPENCLAW_STATE_DIR: '/b' }, '/home/u'), '/b')
  assert.equal(resolveStateDir({ PAIRGATE_STATE_DIR: '' }, '/home/u'), '/home/u/.pairgate')
  assert.equal(resolveStateDir({ PAIRGATE_STATE_DIR: '~/x' }, '/home/u'), '/home/u/x')
  assert.equal(resolveStateDir({ PAIRGATE_STATE_DIR: '~' }, '/home/u'), '/home/u')
  assert.equal(resolveStateDir({ PAIRGATE_STATE_DIR: '/x/../y/' }, '/home/u'), '/y')
})

test('every path lies in the state directory', () => {
  const { ownerSocketChosen, dir, ...paths } = statePaths('/srv/pairgate', {})
  assert.equal(dir, '/srv/pairgate')
  assert.equal(ownerSocketChosen, false)
  for (const path of Object.values(paths)) assert.ok(path.startsWith('/srv/pairgate/'), path)
})

test('config file and socket can be named by variables', () => {
  const paths = statePaths('/srv', {
    OPENCLAW_CONFIG_PATH: '/etc/p.json',
    OPENCLAW_GATEWAY_SOCK: '/run/g.sock',
  })
  assert.deepEqual(
    [paths.configFile, paths.ownerSocket, paths.ownerSocketChosen],
    ['/etc/p.json', '/run/g.sock', true],
  )
})

test('a socket path that is too long for the system moves to the runtime directory, the same each time', () => {
  const fits = `/${'d'.repeat(80)}`
  assert.equal(statePaths(fits, {}).ownerSocket, `${fits}/gateway.sock`)

  const long = `/${'d'.repeat(120)}`
  const runtime = statePaths(long, { XDG_RUNTIME_DIR: '/run/user/1' }).ownerSocket
  assert.match(runtime, /^\/run\/user\/1\/pairgate\/[0-9a-f]{8}\.sock$/)
  assert.equal(statePaths(long, { XDG_RUNTIME_DIR: '/run/user/1' }).ownerSocket, runtime)
  assert.match(statePaths(long, {}).ownerSocket, /\/pairgate-\d+\/[0-9a-f]{8}\.sock$/)
  assert.notEqual(statePaths(`${long}x`, {}).ownerSocket, statePaths(long, {}).ownerSocket)
})

test('the length of a socket path is counted in bytes', () => {
  const umlauts = `/${'ü'.repeat(50)}`
  assert.ok(!statePaths(umlauts, {}).ownerSocket.startsWith(umlauts))
})
