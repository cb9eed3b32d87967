// A process of its own that takes the lock named by its argument and says what came of it.
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { takeInstanceLock } from '../../src/state/instance-lock.ts'

try {
  // What it gets is thrown away, and collected: a lock is held for as long as the process lives all the same.
  takeInstanceLock(process.argv[2] ?? '')
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  await setImmediate()
  process.stdout.write('held\n')
  // Keeps the process alive until it is killed.
  process.stdin.resume()
} catch (error) {
  process.stdout.write(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`)
}
