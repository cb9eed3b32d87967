import { after, describe } from 'node:test'
import { startPostgres } from '@pairgate/store/testing'
import { onPostgres } from '../harness/engine.ts'
import { adminRaces } from './admin-races.ts'
import { decisionRaces } from './decision-races.ts'
import { invitationRaces } from './invitation-races.ts'
import { lifetimeRaces } from './lifetime-races.ts'
import { openRaceWorld } from './race-world.ts'
import { revocationRaces } from './revocation-races.ts'
import { sessionRaces } from './session-races.ts'

const server = await startPostgres({ after })
const world = await openRaceWorld(onPostgres(() => server.freshDatabase()))

describe('two at once on PostgreSQL', () => {
  decisionRaces(world)
  revocationRaces(world)
  adminRaces(world)
  invitationRaces(world)
  sessionRaces(world)
  lifetimeRaces(world)
})
