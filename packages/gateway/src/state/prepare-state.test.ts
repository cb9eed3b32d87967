import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryDir } from '../../test/house/temporary-dir.ts'
import { type Env, statePaths } from '../config/state-dir.ts'
import { networkFileSystem } from './network-file-systems.ts'
import { prepareState } from './prepare-state.ts'
import { StateError } from './state-error.ts'

const isRoot = process.getuid?.() === 0

function pathsIn(context: TestContext, env: Env = {}) {
  return statePaths(join(temporaryDir(context), 'state'), env)
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

test('the first start makes directories that only the owner may enter, and the next finds them fine', async (context) => {
  const paths = pathsIn(context)
  await prepareState(paths)
  assert.deepEqual([modeOf(paths.dir), modeOf(paths.secretsDir)], [0o700, 0o700])
  await prepareState(paths)
})

test('a directory or file that others may open is refused with the command to run', async (context) => {
  const paths = pathsIn(context)
  await prepareState(paths)
  for (const path of [
    paths.tokenKey,
    paths.localKey,
    paths.eventsKey,
    paths.eventHead,
    paths.database,
    `${paths.database}-wal`,
    paths.lock,
    paths.configFile,
  ]) {
    writeFileSync(path, '', { mode: 0o600 })
  }
  await prepareState(paths)

  const table = [
    [paths.dir, 0o750, 'chmod 700'],
    [paths.secretsDir, 0o701, 'chmod 700'],
    [paths.tokenKey, 0o640, 'chmod 600'],
    [paths.localKey, 0o604, 'chmod 600'],
    [paths.eventsKey, 0o640, 'chmod 600'],
    [paths.eventHead, 0o644, 'chmod 600'],
    [paths.database, 0o644, 'chmod 600'],
    [`${paths.database}-wal`, 0o644, 'chmod 600'],
    [paths.lock, 0o660, 'chmod 600'],
    [paths.configFile, 0o644, 'chmod 600'],
  ] as const
  for (const [path, mode, command] of table) {
    const before = modeOf(path)
    chmodSync(path, mode)
    await assert.rejects(prepareState(paths), (error) => {
      return error instanceof StateError && error.message.includes(`${command} ${path}`)
    })
    assert.equal(modeOf(path), mode, 'it is not repaired silently')
    chmodSync(path, before)
  }
  await prepareState(paths)
})

test('a path of another user is refused', { skip: !isRoot }, async (context) => {
  const paths = pathsIn(context)
  await prepareState(paths)
  chownSync(paths.secretsDir, 12_345, 12_345)
  await assert.rejects(prepareState(paths), /chown 0/)
})

test('symbolic links among the secrets are refused', async (context) => {
  const paths = pathsIn(context)
  await prepareState(paths)
  writeFileSync(join(paths.dir, 'elsewhere'), '', { mode: 0o600 })
  symlinkSync(join(paths.dir, 'elsewhere'), paths.tokenKey)
  await assert.rejects(prepareState(paths), /symbolic link/)

  rmSync(paths.secretsDir, { recursive: true })
  mkdirSync(join(paths.dir, 'other'), { mode: 0o700 })
  symlinkSync(join(paths.dir, 'other'), paths.secretsDir)
  await assert.rejects(prepareState(paths), /symbolic link/)
})

test('the state directory itself may be reached through a link', async (context) => {
  const dir = temporaryDir(context)
  mkdirSync(join(dir, 'real'), { mode: 0o700 })
  symlinkSync(join(dir, 'real'), join(dir, 'link'))
  await prepareState(statePaths(join(dir, 'link'), {}))
  chmodSync(join(dir, 'real'), 0o755)
  await assert.rejects(prepareState(statePaths(join(dir, 'link'), {})), /chmod 700/)
})

test("a config file elsewhere, or behind a link, is the operator's own matter", async (context) => {
  const dir = temporaryDir(context)
  writeFileSync(join(dir, 'shared.json'), '{}', { mode: 0o644 })
  await prepareState(statePaths(join(dir, 'one'), { OPENCLAW_CONFIG_PATH: join(dir, 'shared.json') }))
  const paths = statePaths(join(dir, 'two'), {})
  await prepareState(paths)
  symlinkSync(join(dir, 'shared.json'), paths.configFile)
  await prepareState(paths)
})

test('the state of another program is refused before anything is changed', async (context) => {
  for (const name of ['state/openclaw.sqlite', 'openclaw.json', 'devices/paired.json']) {
    const paths = pathsIn(context)
    const file = join(paths.dir, name)
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileSync(file, '{}')
    await assert.rejects(prepareState(paths), (error) => {
      return (
        error instanceof StateError &&
        error.message.includes(name) &&
        error.message.includes('PAIRGATE_STATE_DIR')
      )
    })
    assert.throws(() => statSync(paths.secretsDir))
  }
})

test('a file in the place of a directory is refused', async (context) => {
  const paths = pathsIn(context)
  writeFileSync(paths.dir, '', { mode: 0o600 })
  await assert.rejects(prepareState(paths), StateError)
})

test('a network file system is refused where it can be recognised', async (context) => {
  const paths = pathsIn(context)
  await assert.rejects(prepareState(paths, { fileSystemType: async () => 0x6969 }), /NFS/)
  await prepareState(paths, { fileSystemType: async () => 0xef53 })
  await prepareState(paths, { fileSystemType: async () => undefined })
  assert.equal(networkFileSystem(0xff534d42), 'CIFS')
  assert.equal(networkFileSystem(0xff534d42 | 0), 'CIFS')
  assert.equal(networkFileSystem(0x65735546), undefined, 'FUSE may be anything')
})

test('the directory of a moved socket is made private, and refused when somebody else could write there', async (context) => {
  const runtime = temporaryDir(context)
  const paths = statePaths(join(temporaryDir(context), 'd'.repeat(110)), { XDG_RUNTIME_DIR: runtime })
  await prepareState(paths)
  assert.equal(modeOf(join(runtime, 'pairgate')), 0o700)
  chmodSync(join(runtime, 'pairgate'), 0o777)
  await assert.rejects(prepareState(paths), /chmod 700/)
})

test('a chosen socket needs a directory that exists', async (context) => {
  const dir = temporaryDir(context)
  await prepareState(pathsIn(context, { OPENCLAW_GATEWAY_SOCK: join(dir, 'g.sock') }))
  await assert.rejects(
    prepareState(pathsIn(context, { OPENCLAW_GATEWAY_SOCK: join(dir, 'none', 'g.sock') })),
    StateError,
  )
})
