// A process of its own that listens on the Unix socket named by its argument, to be killed.
import { createServer } from 'node:net'

createServer().listen(process.argv[2], () => process.stdout.write('listening\n'))
