// A gateway in a process of its own, on the state directory and the database that its arguments name.
import { createLog } from '../../src/platform/log.ts'
import { startGateway } from '../../src/start-gateway.ts'

const [stateDir = '', databaseUrl] = process.argv.slice(2)
const gateway = await startGateway({
  flags: { port: '0' },
  env: { PAIRGATE_STATE_DIR: stateDir, ...(databaseUrl && { DATABASE_URL: databaseUrl }) },
  home: stateDir,
  log: createLog({ level: 'silent', destination: process.stderr }),
})
process.stdout.write(`${gateway.url} ${gateway.ownerSocket}\n`)
// Ends with whoever started it.
process.stdin.resume().on('end', () => process.exit())
