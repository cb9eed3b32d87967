import { globSync, readFileSync } from 'node:fs'
import { SourceMap, type SourceMapping } from 'node:module'
import { basename, join } from 'node:path'

interface ProfileNode {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
  readonly children?: readonly number[]
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

type Locate = (node: ProfileNode) => string

const SHOWN = 40
const NOT_WORK = new Set(['(idle)', '(root)'])

/**
 * Prints where the gateway that worked most spent its time, out of the profiles and source maps in `dir`.
 * What the runtime does is counted for the innermost line of a source that asked for it.
 */
export function printHotSpots(dir: string): void {
  const largest = globSync('*.cpuprofile', { cwd: dir })
    .map((name) => ({ name, profile: JSON.parse(readFileSync(join(dir, name), 'utf8')) as Profile }))
    .toSorted((a, b) => b.profile.samples.length - a.profile.samples.length)[0]
  if (!largest) throw new Error(`There is no profile in ${dir}.`)
  const times = timesOf(largest.profile, createLocate(dir))
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0)
  console.log(`\n${largest.name}: ${(busy / 1e6).toFixed(1)} busy seconds\n\nBy room or package`)
  print(groupBy(times, packageOf), busy)
  console.log('\nBy function')
  print(times, busy)
}

function print(times: ReadonlyMap<string, number>, busy: number): void {
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, SHOWN)
  for (const [place, time] of sorted)
    console.log(`${((100 * time) / busy).toFixed(1).padStart(5)} %  ${place}`)
}

function timesOf({ nodes, samples, timeDeltas }: Profile, locate: Locate): ReadonlyMap<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const placeOf = (id: number): string => {
    const node = byId.get(id)
    const above = parents.get(id)
    if (!node || above === undefined || isSource(node)) return node ? locate(node) : ''
    const asked = placeOf(above)
    return asked === '(root)' ? `${node.callFrame.functionName} ${node.callFrame.url}` : asked
  }
  const times = new Map<string, number>()
  samples.forEach((id, n) => {
    if (NOT_WORK.has(byId.get(id)?.callFrame.functionName ?? '')) return
    const place = placeOf(id)
    times.set(place, (times.get(place) ?? 0) + (timeDeltas[n] ?? 0))
  })
  return times
}

function isSource({ callFrame }: ProfileNode): boolean {
  return callFrame.url.startsWith('file:')
}

function groupBy(
  times: ReadonlyMap<string, number>,
  nameOf: (place: string) => string,
): ReadonlyMap<string, number> {
  const groups = new Map<string, number>()
  for (const [place, time] of times) groups.set(nameOf(place), (groups.get(nameOf(place)) ?? 0) + time)
  return groups
}

function packageOf(place: string): string {
  const path = place.slice(place.lastIndexOf(' ') + 1)
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  return library ?? /^(\w+\/src\/[^/]+)/.exec(path)?.[1] ?? (path.includes('/') ? path : 'the runtime itself')
}

/** From a place in the bundle to `function file:line` of the source. */
function createLocate(dir: string): Locate {
  const maps = new Map<string, SourceMap | undefined>()
  const mapOf = (url: string): SourceMap | undefined => {
    const name = basename(url)
    if (!maps.has(name)) {
      const [file] = globSync(`dist/**/${name}.map`, { cwd: dir })
      maps.set(name, file ? new SourceMap(JSON.parse(readFileSync(join(dir, file), 'utf8'))) : undefined)
    }
    return maps.get(name)
  }
  return ({ callFrame: { functionName, url, lineNumber, columnNumber } }) => {
    const name = functionName || '(anonymous)'
    const entry = url.startsWith('file:') ? mapOf(url)?.findEntry(lineNumber, columnNumber) : undefined
    const origin = entry as Partial<SourceMapping> | undefined
    if (origin?.originalSource !== undefined && origin.originalLine !== undefined) {
      return `${name} ${origin.originalSource.replace(/^(\.\.\/)+/, '')}:${origin.originalLine + 1}`
    }
    return url ? `${name} ${url.replace(/^file:.*\//, '')}:${lineNumber + 1}` : name
  }
}
