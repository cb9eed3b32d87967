import { after } from 'node:test'
import { describeStoreContract } from '../src/contract/store-contract.ts'
import { openStore } from '../src/open-store.ts'
import { startPostgres } from './house/postgres-server.ts'

const server = await startPostgres({ after })

describeStoreContract('PostgreSQL', async () => openStore({ url: await server.freshDatabase() }))
