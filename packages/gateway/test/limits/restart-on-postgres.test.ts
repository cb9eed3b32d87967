import { after, describe } from 'node:test'
import { startPostgres } from '@pairgate/store/testing'
import { onPostgres } from '../harness/engine.ts'
import { restartRules } from './restart-rules.ts'

const server = await startPostgres({ after })

describe('a restart on PostgreSQL', () => restartRules(onPostgres(() => server.freshDatabase())))
