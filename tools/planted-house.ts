import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBreaches } from './arrows.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const ROOMS = ['protocol', 'core', 'store', 'gateway', 'client', 'ui', 'cli']
const CONFIGURATION = ['.gitignore', 'biome.jsonc', 'knip.json', 'package.json', 'tools/lint']

/** What a tool says about a file: the path, then the rule or code, then the sentence. */
export interface Finding {
  readonly path: string
  readonly text: string
}

/** A copy of the tooling's configuration around a house that we may spoil. */
export interface PlantedHouse {
  readonly lint: () => Promise<Finding[]>
  readonly compile: () => Promise<Finding[]>
  readonly followArrows: () => Promise<Finding[]>
  readonly findDeadCode: () => Promise<Finding[]>
  readonly remove: () => void
}

export function plantHouse(files: Readonly<Record<string, string>>): PlantedHouse {
  const house = mkdtempSync(join(tmpdir(), 'pairgate-planted-'))
  for (const path of CONFIGURATION) copyInto(house, path)
  for (const name of readdirSync(root).filter((file) => /^tsconfig.*\.json$/.test(file)))
    copyInto(house, name)
  for (const room of ROOMS) {
    const manifests = readdirSync(join(root, 'packages', room)).filter((file) => file.endsWith('.json'))
    for (const name of manifests) copyInto(house, `packages/${room}/${name}`)
  }
  copyInto(house, 'tools/tsconfig.json')
  linkPackages(house)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
  return {
    lint: () => lint(house),
    compile: () => compile(house),
    followArrows: async () => findBreaches(house).map(splitFinding),
    findDeadCode: () => findDeadCode(house),
    remove: () => rmSync(house, { recursive: true, force: true }),
  }
}

function copyInto(house: string, path: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true })
  cpSync(join(root, path), join(house, path), { recursive: true })
}

/** npm's packages as they are, our own rooms from the planted house. */
function linkPackages(house: string): void {
  mkdirSync(join(house, 'node_modules/@pairgate'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@pairgate') symlinkSync(join(root, 'node_modules', name), join(house, 'node_modules', name))
  }
  for (const room of ROOMS) symlinkSync(`../../packages/${room}`, join(house, 'node_modules/@pairgate', room))
}

async function lint(house: string): Promise<Finding[]> {
  const output = await run(house, '@biomejs/biome/bin/biome', [
    'lint',
    '--reporter=json',
    '--max-diagnostics=none',
  ])
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { category: string; severity: string; message: string; location: { path: string } }[]
  }
  return diagnostics.map(({ category, severity, message, location }) => ({
    path: relative(house, join(house, location.path)),
    text: `${severity} ${category}: ${message}`,
  }))
}

async function compile(house: string): Promise<Finding[]> {
  const output = await run(house, 'typescript/bin/tsc', ['--build', '--singleThreaded', '--pretty', 'false'])
  return [...output.matchAll(/^(?<path>[^\s(]+)\(\d+,\d+\): (?<text>.*)$/gm)].map(({ groups }) => ({
    path: groups?.['path'] ?? '',
    text: groups?.['text'] ?? '',
  }))
}

async function findDeadCode(house: string): Promise<Finding[]> {
  const output = await run(house, 'knip/bin/knip.js', [
    '--no-progress',
    '--reporter=compact',
    '--no-config-hints',
  ])
  return output.split('\n').map(splitFinding)
}

function splitFinding(line: string): Finding {
  const [path = '', ...text] = line.split(': ')
  return { path, text: text.join(': ') }
}

function run(cwd: string, tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    // A tool that finds something ends with a code that is not 0; what it says is what we want.
    execFile(process.execPath, [join(root, 'node_modules', tool), ...args], { cwd }, (_error, stdout) =>
      resolve(stdout),
    )
  })
}
