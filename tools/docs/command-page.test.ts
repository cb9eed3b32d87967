import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { EVENT_KINDS } from '@pairgate/protocol/wire'
import { type HelpedCommand, readCommandTree } from './command-tree.ts'
import { codeSpansOf, fencesOf, pagePaths, readPage, sectionOf, sectionsOf, tableRows } from './markdown.ts'

const HELP = '-h, --help'
const page = readPage('docs/cli.md')
const manifest: { scripts: Record<string, string> } = JSON.parse(readPage('package.json'))
const lock: { packages: Record<string, unknown> } = JSON.parse(readPage('package-lock.json'))
let tree: ReadonlyMap<string, HelpedCommand>

before(async () => {
  tree = await readCommandTree()
})

describe('docs/cli.md', () => {
  const flagsIn = (text: string) => tableRows(text, 'flag').map(([flag = '']) => flag)
  const common = flagsIn(sectionOf(page, 'Common flags'))
  const sections = new Map(
    sectionsOf(page).flatMap(({ title, text }) => {
      const path = /^`(openclaw[^`]*)`$/.exec(title)?.[1]
      return path === undefined ? [] : [[path, text] as const]
    }),
  )

  test('has a section for every command, and for no other', () => {
    assert.deepEqual([...sections.keys()].sort(), [...tree.keys()].sort())
  })

  test('names every flag of every command, and no other', () => {
    assert.ok(common.includes(HELP))
    for (const [path, { flags }] of tree) {
      const text = sections.get(path) ?? ''
      const shared = text.includes('(#common-flags)') ? common.filter((flag) => flag !== HELP) : []
      const documented = [...flagsIn(text), ...shared, HELP]
      assert.deepEqual(documented.sort(), [...flags].sort(), path)
    }
  })

  test('names every kind of event, and no other', () => {
    const [, kinds = ''] = /Kinds are (.+?);/.exec(sections.get('openclaw audit list') ?? '') ?? []
    assert.deepEqual([...codeSpansOf(kinds)].sort(), [...EVENT_KINDS].sort())
  })

  test('shows the arguments of every command that has some', () => {
    for (const [path, { args }] of tree) {
      // `gateway call` refers to `call`.
      if (args === '' || path === 'openclaw gateway call') continue
      assert.ok(sections.get(path)?.includes(`\`${path} ${args}\``), `${path} ${args}`)
    }
  })
})

test('every command line that the documentation shows exists, with its flags', () => {
  const faults = pagePaths().flatMap((path) => {
    const markdown = readPage(path)
    const lines = fencesOf(markdown, 'sh').flatMap((fence) => fence.trim().split('\n'))
    const spans = codeSpansOf(markdown).filter((span) => /^(?:openclaw|npx --no|npm) ./.test(span))
    return [...lines, ...spans]
      .flatMap((line) => line.split(' && '))
      .flatMap((line) => {
        const fault = faultOf(line)
        return fault === undefined ? [] : [`${path}: ${line}: ${fault}`]
      })
  })
  assert.deepEqual(faults, [])
})

test('the README begins with two commands, each in a block of its own', () => {
  const [first, second] = fencesOf(readPage('README.md'), 'sh')
  assert.equal(first, 'npm ci && npm start\n')
  assert.equal(second, 'npm ci && npm test\n')
})

test('the table of the README names every command that does something', () => {
  const named = tableRows(readPage('README.md'), 'command').map(([path]) => path)
  // A group that also takes an argument, or a flag of its own, does something by itself.
  const hasOwnFlags = (flags: readonly string[]) => flags.some((flag) => !/^-[hV],/.test(flag))
  const acts = [...tree.values()].filter(
    ({ children, args, flags }) => children.length === 0 || args !== '' || hasOwnFlags(flags),
  )
  const leaves = acts.map(({ path }) => path)
  assert.deepEqual([...named, 'openclaw gateway call'].sort(), leaves.sort())
})

function faultOf(line: string): string | undefined {
  const text = line.trim().replace(/^(?:[A-Z_]+=(?:"[^"]*"|\S*)\s+)+/, '')
  const words = text.split(/\s+/)
  const ours = /^(?:npx --no openclaw|node packages\/cli\/bin\/openclaw\.js|openclaw)(?: (.*))?$/.exec(text)
  if (ours) return faultOfCommand((ours[1] ?? '').split(' '))
  if (words[0] === 'npm') return faultOfScript(words.slice(1))
  return /^npx node --test packages\/\S+\.test\.ts$/.test(text) ? undefined : 'no program that we know'
}

function faultOfScript([name = '', script = '', ...more]: readonly string[]): string | undefined {
  if (name === 'ci') return undefined
  if (name === 'install' && script !== '') return faultOfPackages([script, ...more])
  const wanted = name === 'run' ? script : name
  return Object.hasOwn(manifest.scripts, wanted) ? undefined : 'no such script in package.json'
}

/** What somebody shall install was installed here, so that what is said about it was tried. */
function faultOfPackages(names: readonly string[]): string | undefined {
  const unknown = names.filter((name) => !Object.hasOwn(lock.packages, `node_modules/${name}`))
  return unknown.length > 0 ? `not tried here: ${unknown.join(', ')}` : undefined
}

function faultOfCommand(words: readonly string[]): string | undefined {
  let path = 'openclaw'
  let rest = [...words]
  while (rest[0] !== undefined && tree.has(`${path} ${rest[0]}`)) {
    path = `${path} ${rest[0]}`
    rest = rest.slice(1)
  }
  const command = tree.get(path)
  if (!command) return 'no such command'
  const [next = ''] = rest
  if (command.children.length > 0 && /^[a-z]/.test(next)) return `"${path}" has no command "${next}"`
  const known = command.flags.flatMap((flag) => flag.split(/[ ,]+/).filter((part) => part.startsWith('-')))
  const unknown = rest.filter((word) => /^--?[a-z]/.test(word) && !known.includes(word))
  return unknown.length > 0 ? `no such flag: ${unknown.join(', ')}` : undefined
}
