import { fileURLToPath } from 'node:url'
import type { Case, Outcome, Program, Stage } from './case.ts'
import { describeKeys } from './json-keys.ts'
import { type Entries, type Gateway, startGateway } from './machines/gateway.ts'
import { createMachine, type Machine } from './machines/machine.ts'
import type { Place } from './machines/settings.ts'
import { tidy } from './situation.ts'

/** What came of a case at both gateways, in the words of the table. */
export interface Played {
  readonly played: Case
  readonly there: string
  readonly here: string
}

const OUR_COMMAND = fileURLToPath(new URL('../../packages/cli/bin/openclaw.js', import.meta.url))

const PLACES: readonly Place[] = ['loopback', 'network', 'moved']

/** Plays all at OpenClaw's gateway and at ours: a real one takes most of a gigabyte, so never two. */
export async function playCases(cases: readonly Case[], openclaw: string): Promise<readonly Played[]> {
  const entries: Entries = { there: openclaw, here: OUR_COMMAND }
  const played: Played[] = []
  for (const place of PLACES) {
    const chosen = cases.filter((one) => (one.place ?? 'loopback') === place)
    if (chosen.length > 0) played.push(...(await playPlace(place, chosen, entries)))
  }
  return cases.flatMap((one) => played.find(({ played }) => played === one) ?? [])
}

/** First at OpenClaw's gateway, then at ours; a machine that a case keeps comes again with all that it stored. */
async function playPlace(place: Place, cases: readonly Case[], entries: Entries): Promise<readonly Played[]> {
  const grounds = cases.map((one) => ({ one, machines: new Map<string, Machine>() }))
  const outcomes = { there: new Map<Case, Outcome>(), here: new Map<Case, Outcome>() }
  const stopped: Gateway[] = []
  for (const side of ['there', 'here'] as const) {
    const before = place === 'moved' ? stopped[0] : undefined
    const gateway = await startGateway({ side, place, entries, before })
    stopped.push(gateway)
    try {
      for (const { one, machines } of grounds) {
        const ground = { gateway, entries, machines }
        outcomes[side].set(one, await tellOne(one, ground))
        if (place === 'moved') continue
        await tidy(gateway)
        clear(machines)
      }
    } finally {
      await gateway.stop()
    }
  }
  for (const { machines } of grounds) clear(machines)
  for (const gateway of stopped) gateway.remove()
  return cases.map((one) => tell(one, outcomes.there.get(one), outcomes.here.get(one)))
}

function clear(machines: Map<string, Machine>): void {
  for (const machine of machines.values()) machine.remove()
  machines.clear()
}

function tell(played: Case, there: Outcome | undefined, here: Outcome | undefined): Played {
  // What is printed of a failure and of a success is never alike.
  const areAlike = exitOf(there) === exitOf(here)
  const keys = areAlike && there?.keys && here?.keys ? describeKeys(there.keys, here.keys) : []
  return { played, there: there?.text ?? '', here: [here?.text ?? '', ...keys].join('; ') }
}

function exitOf(outcome: Outcome | undefined): string | undefined {
  return outcome?.text.split(';')[0]
}

interface Ground {
  readonly gateway: Gateway
  readonly entries: Entries
  readonly machines: Map<string, Machine>
}

async function tellOne(one: Case, ground: Ground): Promise<Outcome> {
  const outcome = await playOne(one, ground)
  console.log(`${ground.gateway.side} · ${one.program} · ${one.title} → ${outcome.text}`)
  return outcome
}

async function playOne(one: Case, { gateway, entries, machines }: Ground): Promise<Outcome> {
  const stage: Stage = {
    gateway,
    machine(program, which = 'its own') {
      const name = `${program}, ${which}`
      const machine = machines.get(name) ?? createMachine(entries[program === 'OpenClaw' ? 'there' : 'here'])
      machines.set(name, machine)
      return machine
    },
    env: (program) => envOf(program, gateway),
  }
  try {
    return await one.play(stage)
  } catch (error) {
    return { text: `fails: ${String(error).split('\n')[0]}` }
  }
}

/** By the environment, because a list of processes shows what is typed. */
function envOf(program: Program, { port, url, secret }: Gateway): NodeJS.ProcessEnv {
  const place =
    program === 'OpenClaw' ? { OPENCLAW_GATEWAY_PORT: String(port) } : { OPENCLAW_GATEWAY_URL: url }
  return { ...place, OPENCLAW_GATEWAY_TOKEN: secret }
}
