// A process of its own that takes the lock named by its argument and says what came of it.
import { takeInstanceLock } from '../../src/state/instance-lock.ts'

try {
  takeInstanceLock(process.argv[2] ?? '')
  process.stdout.write('held\n')
  // Keeps the process alive until it is killed.
  process.stdin.resume()
} catch (error) {
  process.stdout.write(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`)
}
