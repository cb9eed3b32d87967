import { describe } from 'node:test'
import { moveInRules, openWorldOn } from './move-in-rules.ts'

describe('moving in from OpenClaw (T24)', () => moveInRules(openWorldOn(async () => ({}))))
