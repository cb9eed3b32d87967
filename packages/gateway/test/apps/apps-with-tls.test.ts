import { describe } from 'node:test'
import { ON_SQLITE } from '../harness/engine.ts'
import { appStory } from './app-story.ts'
import { openApps } from './apps-world.ts'

const world = await openApps(ON_SQLITE)

describe('browsers at apps, with TLS', () => appStory(world))
