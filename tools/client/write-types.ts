import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { ConnectParams, METHODS } from '@pairgate/protocol/wire'
import { describeSchema, type Schema } from './describe-schema.ts'

const DOORS = ['client/src/index.d.ts', 'client/src/browser.d.ts']
/** What the compiler would describe in the words of the schema library. */
const GENERATED = 'protocol/src/wire/params.d.ts'
const IN_GENERATED: ReadonlySet<string> = new Set(['ConnectParams', 'MethodName', 'MethodParams'])
/** A regular expression remembers where it was, and this one is used inside its own matches. */
const importPattern = (): RegExp => /(import|export)(?: type)? (\{[^}]*\}) from '([^']+)'/g

/**
 * Writes the declarations of both doors and of whatever they mention into `target`. Nothing in them is
 * imported from a package, so they are complete wherever they are installed.
 */
export function writeTypes(root: string, target: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'client-types-'))
  try {
    const project = join(root, 'packages/client/tsconfig.types.json')
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [compiler, '--project', project, '--outDir', emitted], { stdio: 'pipe' })
    const files = new Map([[GENERATED, describeParams()]])
    for (const door of DOORS) collect(emitted, door, files)
    for (const [path, text] of files) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      writeFileSync(join(target, path), text)
    }
  } finally {
    rmSync(emitted, { recursive: true })
  }
}

/** A declaration and those that it imports, each with its imports written as they are found in the package. */
function collect(emitted: string, path: string, files: Map<string, string>): void {
  if (files.has(path)) return
  const text = readFileSync(join(emitted, path), 'utf8')
  // Files that import each other must not be walked in circles.
  files.set(path, '')
  const found: string[] = []
  const rewritten = text.replace(importPattern(), (_all, verb: string, names: string, from: string) =>
    namesBySource(emitted, path, { names, from })
      .map(({ source, names: some }) => {
        found.push(source)
        return `${verb} { ${some.join(', ')} } from '${relativeTo(path, source)}'`
      })
      .join('\n'),
  )
  const whole = rewritten.replace(/export \* from '(\.[^']+)\.ts'/g, (_all, from: string) => {
    const source = join(dirname(path), `${from}.d.ts`)
    found.push(source)
    return `export * from '${relativeTo(path, source)}'`
  })
  const stranger = /(?:from |import\()['"]([^.'"][^'"]*)['"]/.exec(whole)
  if (stranger) throw new Error(`${path} needs ${stranger[1]}, which the package does not bring along.`)
  files.set(path, whole)
  for (const source of found) collect(emitted, source, files)
}

interface Imported {
  readonly names: string
  readonly from: string
}
interface Source {
  readonly source: string
  readonly names: readonly string[]
}

function namesBySource(emitted: string, path: string, { names, from }: Imported): readonly Source[] {
  const list = names
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter(Boolean)
  if (!from.startsWith('@pairgate/')) {
    return [{ source: join(dirname(path), from).replace(/\.ts$/, '.d.ts'), names: list }]
  }
  const door = from === '@pairgate/protocol' ? 'protocol/src/index.d.ts' : 'protocol/src/wire/index.d.ts'
  return list.map((name) => ({ source: sourceOf(emitted, door, name), names: [name] }))
}

/** The file that defines what a door gives. */
function sourceOf(emitted: string, door: string, name: string): string {
  if (IN_GENERATED.has(name)) return GENERATED
  for (const [, , names = '', from = ''] of readFileSync(join(emitted, door), 'utf8').matchAll(
    importPattern(),
  )) {
    if (!new RegExp(`[{, ]${name}[,} ]`).test(names)) continue
    const source = join(dirname(door), from).replace(/\.ts$/, '.d.ts')
    if (existsSync(join(emitted, source))) return source
  }
  throw new Error(`${door} gives no ${name}.`)
}

function relativeTo(path: string, source: string): string {
  const way = relative(dirname(path), source).replace(/\.d\.ts$/, '.js')
  return way.startsWith('.') ? way : `./${way}`
}

function describeParams(): string {
  const rows = Object.entries(METHODS).map(
    ([name, { params }]) => `  '${name}': ${describeSchema(plain(params))}`,
  )
  return [
    `export type ConnectParams = ${describeSchema(plain(ConnectParams))}`,
    `interface Params {\n${rows.join('\n')}\n}`,
    'export type MethodName = keyof Params',
    'export type MethodParams<M extends MethodName> = Params[M]',
    'export {}',
    '',
  ].join('\n')
}

/** A schema without what its library knows about it. */
function plain(schema: object): Schema {
  return JSON.parse(JSON.stringify(schema))
}
