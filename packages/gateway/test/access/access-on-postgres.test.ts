import { after, describe } from 'node:test'
import { startPostgres } from '@pairgate/store/testing'
import { onPostgres } from '../harness/engine.ts'
import { accessTokenStory } from './access-token-story.ts'
import { openAccessWorld } from './access-world.ts'
import { revocationStory } from './revocation-story.ts'

const server = await startPostgres({ after })
const world = await openAccessWorld(onPostgres(() => server.freshDatabase()))

describe('access tokens on PostgreSQL', () => {
  accessTokenStory(world)
  revocationStory(world)
})
