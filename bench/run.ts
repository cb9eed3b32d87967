import { cpSync, mkdirSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { FIGURES, type Figure, judge } from './figures.ts'
import { killChildren } from './machine/children.ts'
import { describeNoise, isNoisy, type Noise, watchNoise } from './machine/noise.ts'
import { measureBundleSize } from './measures/bundle-size.ts'
import { measureColdStart } from './measures/cold-start.ts'
import { measureCommandLine } from './measures/command-line.ts'
import { measureConnects } from './measures/connects.ts'
import { measureCutting } from './measures/cutting.ts'
import { measureFlood } from './measures/flood.ts'
import { measureGuesses } from './measures/guesses.ts'
import { measureManyDevices } from './measures/many-devices.ts'
import type { Measure, MeasureContext } from './measures/measure.ts'
import { measureMemory } from './measures/memory.ts'
import { measureProxied } from './measures/proxied.ts'
import { measureRequests } from './measures/requests.ts'
import { measureRevoke } from './measures/revoke.ts'
import { measureStore } from './measures/store.ts'
import { measureVerify } from './measures/verify.ts'
import { type BenchOptions, readOptions } from './options.ts'
import { printHotSpots } from './report/print-hot-spots.ts'
import { tableOf } from './report/print-table.ts'
import { openWorkshop } from './state/workshop.ts'

const MEASURES: Readonly<Record<string, Measure>> = {
  start: measureColdStart,
  memory: measureMemory,
  connects: measureConnects,
  requests: measureRequests,
  revoke: measureRevoke,
  commands: measureCommandLine,
  size: measureBundleSize,
  store: measureStore,
}
/** Take minutes, or are about what few have switched on, so only by name. */
const BY_NAME: Readonly<Record<string, Measure>> = {
  flood: measureFlood,
  guesses: measureGuesses,
  verify: measureVerify,
  proxied: measureProxied,
  cutting: measureCutting,
}
const ALL = { ...MEASURES, ...BY_NAME }

const HELP = `Usage: npm run bench -- [--only ${Object.keys(ALL).join(',')}] [--devices <n>] [--json] [--strict] [--cpu-prof <dir>]`
/** Whatever happens, a run ends. */
const RUN_LIMIT_MS = 10 * 60_000

async function main(options: BenchOptions): Promise<void> {
  const profiling = options.cpuProf === undefined ? [] : profilerFlags(resolve(options.cpuProf))
  const noiseSoFar = watchNoise()
  const startedAt = performance.now()
  const workshop = openWorkshop(profiling)
  process.once('exit', () => {
    killChildren()
    workshop.remove()
  })
  // With its source maps.
  if (options.cpuProf !== undefined) keepBundle(workshop.command, options.cpuProf)
  const context = { workshop, manyDevices: options.manyDevices ?? 0 }
  const figures = inOrder(await measureAll(chosen(options), context))
  const seconds = (performance.now() - startedAt) / 1000

  const noise = noiseSoFar()
  const print = options.json ? printJson : printPage
  print(figures, noise, seconds)
  if (options.cpuProf !== undefined) printHotSpots(options.cpuProf)
  const isMissed = (figure: Figure) => judge(figure, isNoisy(noise)) === 'MISSED'
  if (options.strict && figures.some(isMissed)) process.exitCode = 1
}

function chosen({ only, manyDevices }: BenchOptions): readonly (readonly [string, Measure])[] {
  if (manyDevices !== undefined) return [['devices', measureManyDevices]]
  if (only.length === 0) return Object.entries(MEASURES)
  return Object.entries(ALL).filter(([name]) => only.includes(name))
}

async function measureAll(
  measures: readonly (readonly [string, Measure])[],
  context: MeasureContext,
): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const [name, measure] of measures) {
    const startedAt = performance.now()
    process.stderr.write(`${name} …`)
    figures.push(...(await measure(context)))
    process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
  }
  return figures
}

function inOrder(figures: readonly Figure[]): readonly Figure[] {
  const ids = Object.keys(FIGURES)
  return figures.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}

function profilerFlags(dir: string): readonly string[] {
  mkdirSync(dir, { recursive: true })
  return ['--cpu-prof', `--cpu-prof-dir=${dir}`]
}

function keepBundle(command: string, dir: string): void {
  cpSync(join(dirname(dirname(command)), 'dist'), join(dir, 'dist'), { recursive: true })
}

function printPage(figures: readonly Figure[], noise: Noise, seconds: number): void {
  const machine = `Node.js ${process.versions.node}, ${platform()} ${arch()}, ${noise.cores} cores`
  console.log(`\n${machine}; ${seconds.toFixed(0)} s; ${describeNoise(noise)}\n`)
  console.log(tableOf(figures, isNoisy(noise)))
}

function printJson(figures: readonly Figure[], noise: Noise, seconds: number): void {
  const machine = { node: process.versions.node, platform: platform(), arch: arch(), ...noise }
  const rows = figures.map((figure) => ({
    ...figure,
    ...FIGURES[figure.id],
    verdict: judge(figure, isNoisy(noise)),
  }))
  console.log(JSON.stringify({ machine, seconds, figures: rows }, undefined, 2))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
setTimeout(() => {
  console.error('The run took too long and is ended.')
  process.exit(1)
}, RUN_LIMIT_MS).unref()

try {
  const options = readOptions(process.argv.slice(2), ALL)
  if (options.help) console.log(HELP)
  else await main(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
