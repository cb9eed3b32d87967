import { describe } from 'node:test'
import { adminRaces } from './admin-races.ts'
import { decisionRaces } from './decision-races.ts'
import { ON_SQLITE, openRaceWorld } from './race-world.ts'
import { revocationRaces } from './revocation-races.ts'

const world = await openRaceWorld(ON_SQLITE)

describe('two at once on SQLite', () => {
  decisionRaces(world)
  revocationRaces(world)
  adminRaces(world)
})
