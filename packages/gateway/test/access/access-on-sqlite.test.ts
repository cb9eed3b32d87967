import { describe } from 'node:test'
import { ON_SQLITE } from '../harness/engine.ts'
import { accessTokenStory } from './access-token-story.ts'
import { openAccessWorld } from './access-world.ts'
import { revocationStory } from './revocation-story.ts'

const world = await openAccessWorld(ON_SQLITE)

describe('access tokens on SQLite', () => {
  accessTokenStory(world)
  revocationStory(world)
})
