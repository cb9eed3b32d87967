import { describe } from 'node:test'
import { ON_SQLITE } from '../harness/engine.ts'
import { adminRaces } from './admin-races.ts'
import { decisionRaces } from './decision-races.ts'
import { invitationRaces } from './invitation-races.ts'
import { lifetimeRaces } from './lifetime-races.ts'
import { openRaceWorld } from './race-world.ts'
import { revocationRaces } from './revocation-races.ts'
import { sessionRaces } from './session-races.ts'

const world = await openRaceWorld(ON_SQLITE)

describe('two at once on SQLite', () => {
  decisionRaces(world)
  revocationRaces(world)
  adminRaces(world)
  invitationRaces(world)
  sessionRaces(world)
  lifetimeRaces(world)
})
