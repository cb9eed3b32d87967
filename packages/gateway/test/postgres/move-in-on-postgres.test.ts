import { after, describe } from 'node:test'
import { startPostgres } from '@pairgate/store/testing'
import { moveInRules, openWorldOn } from '../migrate/move-in-rules.ts'

const server = await startPostgres({ after })
const envOf = async () => ({ DATABASE_URL: await server.freshDatabase() })

describe('moving in from OpenClaw, on PostgreSQL', () => moveInRules(openWorldOn(envOf)))
