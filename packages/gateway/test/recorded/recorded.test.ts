import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { COUNTS, INTENDED } from './differences.ts'
import { SHARED } from './names.ts'
import { type Difference, playScenario, type Stage } from './play-scenario.ts'
import { readScenarios, type Scenario } from './read-scenarios.ts'

const scenarios = readScenarios()
// Within a test, `after` would be of that test; these gateways outlive theirs.
const cleanUps: (() => Promise<void>)[] = []
const afterAll = { after: (cleanUp: () => Promise<void>) => void cleanUps.push(cleanUp) }
after(async () => {
  for (const cleanUp of cleanUps) await cleanUp()
})
const gateways = new Map<string, Promise<GatewayOfTest>>()

/** One gateway for all scenarios of the same settings; one of its own where time passes or it changes. */
async function setStage(scenario: Scenario, context: TestContext): Promise<Stage> {
  const settings = { auth: { mode: 'token', token: SHARED }, trustedProxies: ['::1'], ...scenario.config }
  const config = JSON.parse(JSON.stringify(settings).replaceAll('$shared', SHARED))
  const ofGateway = scenario.steps.filter(({ who }) => who === 'gateway').map(({ verb }) => verb)
  if (ofGateway.length > 0) {
    const time = ofGateway.includes('wait') ? holdTime(context) : undefined
    return { gateway: await openGateway(context, { config }), time }
  }
  const key = JSON.stringify(config)
  const gateway = gateways.get(key) ?? openGateway(afterAll, { config })
  gateways.set(key, gateway)
  return { gateway: await gateway, time: undefined }
}

const idOf = (place: string) => place.split(' ')[0]
const byPlace = (one: Difference, other: Difference) => one.place.localeCompare(other.place)

describe('a scenario that was recorded at OpenClaw comes out the same here, but for what is intended:', () => {
  for (const scenario of scenarios) {
    test(scenario.title, async (context) => {
      const found = await playScenario(scenario, await setStage(scenario, context))
      const intended = INTENDED.filter(({ place }) => idOf(place) === scenario.id)
      assert.deepEqual([...found].sort(byPlace), [...intended].sort(byPlace))
    })
  }
})

test('docs/compatibility.md speaks of no other scenario, and counts them right', () => {
  const ids = new Set(scenarios.map(({ id }) => id))
  const places = INTENDED.map(({ place }) => place)
  assert.deepEqual(
    places.filter((place) => !ids.has(idOf(place) ?? '')),
    [],
  )
  const different = new Set(INTENDED.map(({ place }) => idOf(place)))
  assert.deepEqual(Object.fromEntries(COUNTS), {
    'played again': scenarios.length,
    'the same in every step': scenarios.length - different.size,
    'with intended differences': different.size,
  })
})
