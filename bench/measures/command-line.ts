import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { keepTrack } from '../machine/children.ts'
import { median, rangeOf } from '../machine/statistics.ts'
import type { Workshop } from '../state/workshop.ts'
import type { Measure } from './measure.ts'

const RUNS = 9
const LIMIT_MS = 15_000

/** What a person waits for at the prompt, with a gateway running beside. */
export const measureCommandLine: Measure = async ({ workshop }) => {
  const few = await workshop.seededState('list-few', { devices: 10, withKeys: 1 })
  const many = await workshop.seededState('list-thousand', { devices: 1_000, withKeys: 1 })
  const [ofFew, ofMany] = [
    await workshop.startGateway(few.stateDir),
    await workshop.startGateway(many.stateDir),
  ]
  const help = createRuns(workshop, few.stateDir, ['--help'])
  const list = createRuns(workshop, few.stateDir, ['devices', 'list'])
  const listMany = createRuns(workshop, many.stateDir, ['devices', 'list'])
  const runtime: number[] = []
  // The first of each fills the compile cache; then in turn, so that a slow moment of the machine hits all alike.
  for (const runs of [help, list, listMany]) await runs.once()
  for (let n = 0; n < RUNS; n += 1) {
    for (const runs of [help, list, listMany]) runs.times.push(await runs.once())
    runtime.push(await timeCommand(['--eval', '0'], workshop.env))
  }
  await Promise.all([ofFew.stop(), ofMany.stop()])
  const note = `Node.js alone ${median(runtime).toFixed(0)} ms`
  return [
    { id: 'command.help', value: median(help.times), note: `${spreadOf(help.times)}; ${note}` },
    { id: 'command.devices-list', value: median(list.times), note: `10 devices; ${spreadOf(list.times)}` },
    { id: 'command.devices-list-thousand', value: median(listMany.times), note: spreadOf(listMany.times) },
  ]
}

function spreadOf(times: readonly number[]): string {
  return rangeOf(times)
    .map((ms) => ms.toFixed(0))
    .join('–')
    .concat(' ms')
}

function createRuns({ command, env }: Workshop, stateDir: string, args: readonly string[]) {
  return {
    times: [] as number[],
    once: () => timeCommand([command, ...args], { ...env, PAIRGATE_STATE_DIR: stateDir }),
  }
}

/** How long Node.js takes from its spawn until it has ended, in milliseconds. */
export async function timeCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  })
  keepTrack(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`"${args.join(' ')}" ended with ${code}:\n${output}`)
  return performance.now() - startedAt
}
