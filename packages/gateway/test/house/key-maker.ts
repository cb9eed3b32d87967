// A process of its own that loads or makes the key named by its argument and prints it.
import { loadOrCreateKey } from '../../src/state/secrets.ts'

const key = await loadOrCreateKey(process.argv[2] ?? '')
process.stdout.write(`${Buffer.from(key).toString('hex')}\n`)
