import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { readImports } from './read-imports.ts'

interface Room {
  /** The rooms whose doors it may import. */
  readonly mayImport: readonly string[]
  /** Doors that stay shut for it although the room may be imported. */
  readonly shutDoors?: readonly string[]
  /** A pure room has no I/O: no node: modules, and of npm's packages only these. */
  readonly pureBut?: readonly string[]
}

/** Who may import whom. Biome says the same in biome.jsonc; here it is held against the manifests as well. */
const ROOMS: Readonly<Record<string, Room>> = {
  protocol: { mayImport: [], pureBut: ['typebox', '@scure/bip39'] },
  core: { mayImport: ['protocol'], shutDoors: ['@pairgate/protocol/wire'], pureBut: [] },
  store: { mayImport: ['core', 'protocol'] },
  gateway: { mayImport: ['core', 'store', 'protocol'] },
  client: { mayImport: ['protocol'] },
  ui: { mayImport: ['client', 'protocol'] },
  cli: { mayImport: ['gateway', 'client', 'protocol'] },
}

const MAX_LINES = 300
const MAX_TEST_LINES = 600

/** A file, or one file per condition. */
type Door = string | { readonly [condition: string]: Door }

interface Manifest {
  readonly exports?: Readonly<Record<string, Door>>
  /** What a room calls by one name and has in several forms, one for each runtime. */
  readonly imports?: Readonly<Record<string, Door>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface House {
  readonly root: string
  readonly rooms: ReadonlyMap<string, Manifest>
  readonly rootPackages: readonly string[]
}

interface SourceFile {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly isTest: boolean
  /** End-to-end tests live outside src and may knock at every door. */
  readonly isEndToEnd: boolean
}

/** Every breach of the arrows, of the doors and of the length of files under `root`, one sentence each. */
export function findBreaches(root: string): string[] {
  const house = readHouse(root)
  const files = [...house.rooms.keys()].flatMap((room) => readSources(root, room))
  return [
    ...[...house.rooms].flatMap(([room, manifest]) => judgeManifest(house, room, manifest)),
    ...files.flatMap((file) => judgeLength(file)),
    ...files.flatMap((file) =>
      readImports(file.text).flatMap((specifier) => judgeImport(house, file, specifier)),
    ),
  ]
}

function readHouse(root: string): House {
  const rooms = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  )
  return {
    root,
    rooms: new Map(rooms.map((name) => [name, readManifest(join(root, 'packages', name))])),
    rootPackages: declared(readManifest(root)),
  }
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

function declared(manifest: Manifest): string[] {
  const { dependencies, optionalDependencies, peerDependencies, devDependencies } = manifest
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies, ...devDependencies })
}

function readSources(root: string, room: string): SourceFile[] {
  return ['src', 'test'].flatMap((folder) => {
    const directory = join(root, 'packages', room, folder)
    if (!existsSync(directory)) return []
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[cm]?tsx?$/.test(name))
      .map((name) => {
        const path = relative(root, join(directory, name)).split(sep).join('/')
        const isEndToEnd = folder === 'test'
        const isTest = isEndToEnd || /\.test\.ts$/.test(path) || path.includes('/src/contract/')
        return { path, room, text: readFileSync(join(directory, name), 'utf8'), isTest, isEndToEnd }
      })
  })
}

function judgeManifest({ root }: House, name: string, manifest: Manifest): string[] {
  const path = `packages/${name}/package.json`
  const room = ROOMS[name]
  if (!room)
    return [
      `${path}: no arrows are known for this room. Add it to ROOMS in tools/arrows.ts and to biome.jsonc.`,
    ]

  const missingDoors = Object.entries({ ...manifest.exports, ...manifest.imports })
    .flatMap(([door, target]) => filesOf(target).map((file) => ({ door, file })))
    .filter(({ file }) => !existsSync(join(root, 'packages', name, file)))
    .map(
      ({ door, file }) =>
        `${path}: the door "${door}" leads to ${file}, which is not there. Write it or shut the door.`,
    )
  const noDoor = manifest.exports?.['.']
    ? []
    : [`${path}: no door. Give it "exports": { ".": "./src/index.ts" }.`]
  const wrongArrows = declared(manifest).flatMap((dependency) => {
    const other = roomOf(dependency)
    if (other !== undefined)
      return room.mayImport.includes(other) ? [] : [`${path}: depends on ${dependency}. ${advice(name)}`]
    return !room.pureBut || room.pureBut.includes(dependency)
      ? []
      : [`${path}: depends on ${dependency}. ${advice(name)}`]
  })
  return [...noDoor, ...missingDoors, ...wrongArrows]
}

function filesOf(door: Door): string[] {
  return typeof door === 'string' ? [door] : Object.values(door).flatMap(filesOf)
}

function judgeLength({ path, text, isTest }: SourceFile): string[] {
  const lines = text.split('\n').length - 1
  const limit = isTest ? MAX_TEST_LINES : MAX_LINES
  return lines > limit
    ? [`${path}: ${lines} lines, at most ${limit}. Give each thing in it a file of its own.`]
    : []
}

function judgeImport(house: House, file: SourceFile, specifier: string): string[] {
  const breach = specifier.startsWith('.')
    ? judgeRelative(house, file, specifier)
    : specifier.startsWith('#')
      ? judgeForm(house, file, specifier)
      : roomOf(specifier) !== undefined
        ? judgeDoor(house, file, specifier)
        : judgePackage(house, file, specifier)
  return breach ? [`${file.path}: imports ${specifier}. ${breach}`] : []
}

function judgeRelative({ root }: House, file: SourceFile, specifier: string): string | undefined {
  const target = relative(root, resolve(root, dirname(file.path), specifier))
    .split(sep)
    .join('/')
  if (!target.startsWith(`packages/${file.room}/`)) {
    return 'Import another room by its door, @pairgate/<room>, and only what its index.ts gives.'
  }
  if (basename(target) === 'index.ts')
    return "Import the file that defines it: a room's index.ts is its door for others."
  if (isInDomain(file) && !file.isTest && !target.startsWith('packages/core/src/domain/')) {
    return 'The domain imports only the domain and @pairgate/protocol: pass records, bytes and `now` in as arguments.'
  }
  if (!existsSync(join(root, target))) return 'There is no such file: name the source with its ending, .ts.'
  return undefined
}

function judgeForm({ rooms }: House, file: SourceFile, specifier: string): string | undefined {
  if (rooms.get(file.room)?.imports?.[specifier]) return undefined
  return `The "imports" of packages/${file.room}/package.json name no ${specifier}.`
}

function judgeDoor(house: House, file: SourceFile, specifier: string): string | undefined {
  const other = roomOf(specifier) ?? ''
  const room = ROOMS[file.room]
  const isAllowed = room?.mayImport.includes(other) && !room.shutDoors?.includes(specifier)
  if (!isAllowed && !file.isEndToEnd) return advice(file.room)

  const door = specifier.replace(`@pairgate/${other}`, '.')
  if (house.rooms.get(other)?.exports?.[door]) return undefined
  return `@pairgate/${other} has no such door: import what its "exports" give.`
}

function judgePackage(house: House, file: SourceFile, specifier: string): string | undefined {
  const name = packageOf(specifier)
  const { pureBut } = ROOMS[file.room] ?? {}
  if (!file.isTest && pureBut && !pureBut.includes(name)) return advice(file.room)
  if (isBuiltin(specifier)) return undefined

  const own = declared(house.rooms.get(file.room) ?? {})
  if (own.includes(name) || (file.isTest && house.rootPackages.includes(name))) return undefined
  return file.isTest
    ? 'It is not declared: add it to devDependencies of the root package.json.'
    : `It is not declared: add it to dependencies of packages/${file.room}/package.json.`
}

function isInDomain(file: SourceFile): boolean {
  return file.path.startsWith('packages/core/src/domain/')
}

function roomOf(specifier: string): string | undefined {
  return /^@pairgate\/([^/]+)/.exec(specifier)?.[1]
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function advice(name: string): string {
  const { mayImport = [], shutDoors = [], pureBut } = ROOMS[name] ?? {}
  const allowed = [...mayImport.map((room) => `@pairgate/${room}`), ...(pureBut ?? [])]
  const shut = shutDoors.length > 0 ? ` (not ${shutDoors.join(', ')})` : ''
  const only = `${name} imports only ${allowed.join(', ') || 'itself'}${shut}`
  return pureBut
    ? `${only}: name what it needs as a port or an argument, and let the gateway hand it in.`
    : `${only} of our rooms: move what both need to a room that both may import.`
}
