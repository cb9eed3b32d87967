import { after, describe } from 'node:test'
import { startPostgres } from '@pairgate/store/testing'
import { onPostgres } from '../harness/engine.ts'
import { appStory } from './app-story.ts'
import { openApps } from './apps-world.ts'

const server = await startPostgres({ after })
const world = await openApps(onPostgres(() => server.freshDatabase()))

describe('browsers at apps, on PostgreSQL', () => appStory(world))
