import assert from 'node:assert/strict'
import { after } from 'node:test'
import { describeStoreContract } from '../src/contract/store-contract.ts'
import { openStore } from '../src/open-store.ts'
import { startPostgres } from './house/postgres-server.ts'

const server = await startPostgres({ after })
// The driver warns of what it will not take in its next version.
const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))
after(() => assert.deepEqual(warnings, []))

describeStoreContract('PostgreSQL', async () => openStore({ url: await server.freshDatabase() }), 15)
