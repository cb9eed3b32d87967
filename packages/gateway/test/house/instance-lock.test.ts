import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { takeInstanceLock } from '../../src/state/instance-lock.ts'
import { StateError } from '../../src/state/state-error.ts'
import { type OtherProcess, otherProcess } from './other-process.ts'
import { temporaryDir } from './temporary-dir.ts'

const LOCK_HOLDER = new URL('./lock-holder.ts', import.meta.url)
const KEY_MAKER = new URL('./key-maker.ts', import.meta.url)

/** A process that tries to take the lock; gone with the test, also when the test fails. */
function startHolder(context: TestContext, path: string): OtherProcess {
  const holder = otherProcess(LOCK_HOLDER, path)
  context.after(() => holder.kill('SIGKILL'))
  return holder
}

test('of two processes on one state directory, the second is refused and told why', async (context) => {
  const dir = temporaryDir(context)
  const path = join(dir, 'gateway.lock.db')
  const lock = takeInstanceLock(path)
  assert.equal(statSync(path).mode & 0o777, 0o600)

  const refused = await startHolder(context, path).firstLine
  assert.match(refused, /^StateError: Another gateway is already running on /)
  assert.ok(refused.includes(dir))

  lock.release()
  const second = startHolder(context, path)
  assert.equal(await second.firstLine, 'held')
  await second.kill('SIGKILL')
})

test('a lock is held until its process ends, whoever looks after it, and a kill gives it back', async (context) => {
  const path = join(temporaryDir(context), 'gateway.lock.db')
  const holder = startHolder(context, path)
  assert.equal(await holder.firstLine, 'held')
  assert.throws(() => takeInstanceLock(path), StateError)

  await holder.kill('SIGKILL')
  takeInstanceLock(path).release()
})

test('a process cannot take its own lock twice, and a refused try does not loosen it', async (context) => {
  const path = join(temporaryDir(context), 'gateway.lock.db')
  const lock = takeInstanceLock(path)
  assert.throws(() => takeInstanceLock(path), StateError)
  assert.match(await startHolder(context, path).firstLine, /already running/)
  lock.release()
  lock.release()
  takeInstanceLock(path).release()
})

test('a lock file in an unusable place is refused', (context) => {
  assert.throws(() => takeInstanceLock(join(temporaryDir(context), 'none', 'gateway.lock.db')), StateError)
})

test('of processes that make a key at once, all end with the same one', async (context) => {
  const path = join(temporaryDir(context), 'token.key')
  const makers = Array.from({ length: 6 }, () => otherProcess(KEY_MAKER, path).firstLine)
  const keys = await Promise.all(makers)
  assert.match(keys[0] ?? '', /^[0-9a-f]{64}$/)
  assert.equal(new Set(keys).size, 1)
})
