import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Finding, type PlantedHouse, plantHouse } from './planted-house.ts'

/** A fault: where it is planted, what stands there, and what has to be said about it. */
type Fault = readonly [path: string, text: string, says: RegExp]

const manyLines = (count: number) =>
  Array.from({ length: count }, (_, i) => `export const a${i} = ${i}\n`).join('')
const manySteps = (count: number) => `export function f(a: number[]) {\n${'  a.push(1)\n'.repeat(count)}}\n`
const use = (specifier: string) => `import { thing } from '${specifier}'\nexport const used = thing\n`

const SYNTAX: readonly Fault[] = [
  ['packages/store/src/any.ts', 'export const a: any = 1\n', /error lint\/suspicious\/noExplicitAny/],
  ['packages/store/src/unused-import.ts', "import { a } from './sound.ts'\n", /error .*noUnusedImports/],
  [
    'packages/store/src/unused-variable.ts',
    'export function f() {\n  const a = 1\n}\n',
    /error .*noUnusedVariables/,
  ],
  [
    'packages/store/src/type-import.ts',
    "import { A } from './sound.ts'\nexport type B = A\n",
    /error .*useImportType/,
  ],
  [
    'packages/store/src/type-export.ts',
    "import type { A } from './sound.ts'\nexport { A }\n",
    /error .*useExportType/,
  ],
  [
    'packages/store/src/one.ts',
    "import { two } from './two.ts'\nexport const one = () => two\n",
    /error .*noImportCycles/,
  ],
  [
    'packages/store/src/two.ts',
    "import { one } from './one.ts'\nexport const two = () => one\n",
    /error .*noImportCycles/,
  ],
  [
    'packages/store/src/undeclared.ts',
    use('fastify'),
    /error .*noUndeclaredDependencies: Dependency fastify/,
  ],
  [
    'packages/store/src/floating.ts',
    'export async function f() {}\nf()\n',
    /error lint\/nursery\/noFloatingPromises/,
  ],
  ['packages/store/src/default.ts', 'export default 1\n', /error .*noDefaultExport/],
  ['packages/store/src/camelCase.ts', 'export const a = 1\n', /error .*useFilenamingConvention/],
  ['packages/store/src/PascalCase.ts', 'export const a = 1\n', /error .*useFilenamingConvention/],
  ['packages/store/src/enum.ts', 'export enum A {\n  B,\n}\n', /error .*noEnum/],
  [
    'packages/store/src/parameter-property.ts',
    'export class A {\n  constructor(readonly a: number) {}\n}\n',
    /error .*noParameterProperties/,
  ],
  [
    'packages/store/src/namespace.ts',
    'export namespace A {\n  export const b = 1\n}\n',
    /error .*noNamespace/,
  ],
  ['packages/gateway/src/console.ts', "console.log('a')\n", /error .*noConsole/],
  ['packages/store/src/long-function.ts', manySteps(51), /error .*noExcessiveLinesPerFunction/],
  ['packages/store/src/long-file.ts', manyLines(301), /error .*noExcessiveLinesPerFile/],
  ['packages/store/src/long-file.test.ts', manyLines(601), /error .*noExcessiveLinesPerFile/],
  [
    'packages/store/src/winding.ts',
    `export function f(a: number) {\n${'  if (a > 1) a -= 1\n'.repeat(21)}  return a\n}\n`,
    /error .*noExcessiveCognitiveComplexity/,
  ],
  [
    'packages/store/src/five-parameters.ts',
    'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e]\n',
    /error .*useMaxParams/,
  ],
  ['packages/store/src/bang.ts', 'export const f = (a: number[]) => a[0]!\n', /error .*noNonNullAssertion/],
  [
    'packages/store/src/bare-builtin.ts',
    "export { readFile } from 'fs'\n",
    /error .*useNodejsImportProtocol/,
  ],
  [
    'packages/store/src/floating-assertion.test.ts',
    "import assert from 'node:assert/strict'\nassert.rejects(async () => {})\n",
    /error plugin: Write `await` before it/,
  ],
]

const CLOCK = /error plugin: Ask the Clock port/
const RANDOM = /error plugin: Ask the Random port/

const PURITY: readonly Fault[] = [
  ['packages/core/src/now.ts', 'export const a = () => Date.now()\n', CLOCK],
  ['packages/core/src/new-date.ts', 'export const a = () => new Date()\n', CLOCK],
  ['packages/core/src/domain/now.ts', 'export const a = () => Date.now()\n', CLOCK],
  ['packages/protocol/src/now.ts', 'export const a = () => Date.now()\n', CLOCK],
  ['packages/store/src/now.ts', 'export const a = () => Date.now()\n', CLOCK],
  ['packages/gateway/src/ws/now.ts', 'export const a = Date.now\n', CLOCK],
  ['packages/client/src/now.ts', 'export const a = () => new Date().getTime()\n', CLOCK],
  ['packages/ui/src/now.ts', 'export const a = () => Date.now()\n', CLOCK],
  ['packages/cli/src/now.ts', 'export const a = () => globalThis.Date.now()\n', CLOCK],
  ['packages/core/src/platform/now.ts', 'export const a = () => Date.now()\n', CLOCK],
  ['packages/core/src/random.ts', 'export const a = () => Math.random()\n', RANDOM],
  ['packages/protocol/src/random.ts', 'export const a = () => Math.random()\n', RANDOM],
  ['packages/gateway/src/random.ts', 'export const a = Math.random\n', RANDOM],
  [
    'packages/gateway/src/bytes.ts',
    "import { createHash, randomBytes } from 'node:crypto'\nexport const a = [createHash, randomBytes]\n",
    RANDOM,
  ],
  ['packages/gateway/src/uuid.ts', 'export const a = () => crypto.randomUUID()\n', RANDOM],
  [
    'packages/store/src/imported-uuid.ts',
    "import { randomUUID as id } from 'node:crypto'\nexport const a = id\n",
    RANDOM,
  ],
  [
    'packages/client/src/values.ts',
    'export const a = () => crypto.getRandomValues(new Uint8Array(9))\n',
    RANDOM,
  ],
  ['packages/cli/src/all.ts', "import * as all from 'node:crypto'\nexport const a = all\n", RANDOM],
  ['packages/cli/src/whole.ts', "import whole from 'node:crypto'\nexport const a = whole\n", RANDOM],
]

const OWN_DOOR = /Import the file that defines it/
const SIDE_DOOR = /Import another room by its door/

/** Imports that Biome and tools/arrows.ts must both refuse. */
const IMPORTS: readonly Fault[] = [
  ['packages/protocol/src/to-core.ts', use('@pairgate/core'), /protocol imports (?:no room|only)/],
  ['packages/protocol/src/to-builtin.ts', use('node:fs'), /only typebox.*@scure\/bip39/],
  ['packages/protocol/src/to-package.ts', use('ws'), /only typebox.*@scure\/bip39/],
  [
    'packages/protocol/src/wire/up.ts',
    use('../../../core/src/sound.ts'),
    /protocol imports no room|Import another room/,
  ],
  ['packages/core/src/to-store.ts', use('@pairgate/store'), /core imports only @pairgate\/protocol/],
  [
    'packages/core/src/to-gateway.ts',
    "export * from '@pairgate/gateway'\n",
    /core imports only @pairgate\/protocol/,
  ],
  [
    'packages/core/src/to-client.ts',
    "export const a = () => import('@pairgate/client')\n",
    /core imports only/,
  ],
  [
    'packages/core/src/to-wire.ts',
    use('@pairgate/protocol/wire'),
    /not (?:the envelopes|@pairgate\/protocol\/wire)/,
  ],
  ['packages/core/src/to-builtin.ts', use('node:crypto'), /port/],
  ['packages/core/src/to-package.ts', use('typebox'), /port/],
  ['packages/core/src/to-scoped.ts', use('@scure/bip39'), /port/],
  ['packages/core/src/domain/to-ports.ts', use('../ports/clock.ts'), /The domain imports only the domain/],
  [
    'packages/core/src/domain/to-use-case.ts',
    use('../pairing/approve.ts'),
    /The domain imports only the domain/,
  ],
  [
    'packages/core/src/domain/to-store.ts',
    use('@pairgate/store'),
    /The domain imports only|core imports only/,
  ],
  [
    'packages/core/src/domain/to-wire.ts',
    use('@pairgate/protocol/wire'),
    /The domain imports only|core imports only/,
  ],
  ['packages/core/src/domain/to-builtin.ts', use('node:fs'), /The domain has no I\/O|core imports only/],
  ['packages/core/src/domain/to-door.ts', use('./index.ts'), OWN_DOOR],
  ['packages/store/src/to-gateway.ts', use('@pairgate/gateway'), /store imports only/],
  ['packages/store/src/to-cli.ts', use('@pairgate/cli'), /store imports only/],
  ['packages/gateway/src/to-client.ts', use('@pairgate/client'), /gateway imports only/],
  ['packages/gateway/src/to-cli.ts', use('@pairgate/cli'), /gateway imports only/],
  ['packages/client/src/to-core.ts', use('@pairgate/core'), /client imports only/],
  ['packages/client/src/to-gateway.ts', use('@pairgate/gateway'), /client imports only/],
  ['packages/ui/src/to-gateway.ts', use('@pairgate/gateway'), /ui imports only/],
  ['packages/ui/src/to-core.ts', use('@pairgate/core'), /ui imports only/],
  ['packages/cli/src/to-store.ts', use('@pairgate/store'), /cli imports only/],
  ['packages/cli/src/to-core.ts', use('@pairgate/core'), /cli imports only/],
  ['packages/protocol/src/to-own-door.ts', use('./index.ts'), OWN_DOOR],
  ['packages/protocol/src/to-wire-door.ts', use('./wire/index.ts'), OWN_DOOR],
  ['packages/core/src/to-own-door.ts', use('./index.ts'), OWN_DOOR],
  ['packages/store/src/sqlite/to-own-door.ts', use('../index.ts'), OWN_DOOR],
  ['packages/gateway/src/ws/deep/to-own-door.ts', use('../../index.ts'), OWN_DOOR],
  ['packages/client/src/to-own-door.ts', use('./index.ts'), OWN_DOOR],
  ['packages/ui/src/to-own-door.ts', use('./index.ts'), OWN_DOOR],
  ['packages/cli/src/to-own-door.ts', use('./index.ts'), OWN_DOOR],
  ['packages/gateway/src/to-own-door.test.ts', use('./index.ts'), OWN_DOOR],
  [
    'packages/core/src/side-door.ts',
    use('../../protocol/src/sound.ts'),
    /core imports only|Import another room/,
  ],
  [
    'packages/store/src/side-door.ts',
    use('../../core/src/sound.ts'),
    /store imports only|Import another room/,
  ],
  [
    'packages/gateway/src/side-door.ts',
    use('../../store/src/sound.ts'),
    /gateway imports only|Import another room/,
  ],
  [
    'packages/client/src/side-door.ts',
    use('../../protocol/src/sound.ts'),
    /client imports only|Import another room/,
  ],
  ['packages/ui/src/side-door.ts', use('../../client/src/sound.ts'), /ui imports only|Import another room/],
  ['packages/cli/src/side-door.ts', use('../../client/src/sound.ts'), /cli imports only|Import another room/],
  ['packages/gateway/test/side-door.test.ts', use('../../store/src/sound.ts'), SIDE_DOOR],
]

/** What only tools/arrows.ts can see. */
const ARROWS: readonly Fault[] = [
  ['packages/core/src/in-a-type.ts', "export type A = import('@pairgate/store').A\n", /core imports only/],
  [
    'packages/core/src/domain/deep/to-ports.ts',
    use('../../ports/clock.ts'),
    /The domain imports only the domain/,
  ],
  ['packages/client/src/own-name.ts', use('@pairgate/client'), /client imports only/],
  ['packages/store/src/no-such-door.ts', use('@pairgate/core/src/sound.ts'), /has no such door/],
  ['packages/store/src/no-such-file.ts', use('./nowhere.ts'), /no such file/],
  ['packages/store/src/from-above.test.ts', use('@pairgate/gateway'), /store imports only/],
  ['packages/store/src/undeclared.ts', use('fastify'), /add it to dependencies of packages\/store/],
  ['packages/store/src/undeclared.test.ts', use('fastify'), /add it to devDependencies of the root/],
  ['packages/store/src/long-file.ts', manyLines(301), /301 lines, at most 300/],
  ['packages/store/src/long-file.test.ts', manyLines(601), /601 lines, at most 600/],
  [
    'packages/attic/package.json',
    '{ "exports": { ".": "./index.ts" } }',
    /no arrows are known for this room/,
  ],
  [
    'packages/cli/package.json',
    '{ "exports": { "./gone": "./src/gone.ts" }, "dependencies": { "@pairgate/store": "0.1.0" } }',
    /depends on @pairgate\/store\. cli imports only/,
  ],
  ['packages/cli/package.json', '', /no door\. Give it/],
  ['packages/cli/package.json', '', /the door ".\/gone" leads to .\/src\/gone.ts, which is not there/],
]

const TYPES: readonly Fault[] = [
  ['packages/core/src/timer.ts', 'setTimeout(() => 1, 1)\n', /TS2304.*setTimeout/],
  ['packages/core/src/fetch.ts', "export const a = fetch('b')\n", /TS2304.*fetch/],
  ['packages/core/src/process.ts', 'export const a = process.env\n', /TS2591.*process/],
  ['packages/core/src/console.ts', 'console.log(1)\n', /TS2584.*console/],
  ['packages/core/src/to-builtin.ts', use('node:crypto'), /TS2591.*node:crypto/],
  ['packages/protocol/src/timer.ts', 'setTimeout(() => 1, 1)\n', /TS2304.*setTimeout/],
  ['packages/protocol/src/buffer.ts', "export const a = Buffer.from('b')\n", /TS2591.*Buffer/],
  ['packages/protocol/src/encoder.ts', 'export const a = new TextEncoder()\n', /TS2304.*TextEncoder/],
  ['packages/store/src/strict.ts', 'export const f = (a) => a\n', /TS7006/],
  ['packages/store/src/index-access.ts', 'export const f = (a: number[]): number => a[0]\n', /TS2322/],
  ['packages/store/src/optional.ts', 'export const a: { b?: number } = { b: undefined }\n', /TS2375/],
  ['packages/store/src/returns.ts', 'export function f(a: boolean) {\n  if (a) return 1\n}\n', /TS7030/],
  [
    'packages/store/src/override.ts',
    'class A {\n  b() {}\n}\nexport class C extends A {\n  b() {}\n}\n',
    /TS4114/,
  ],
  [
    'packages/store/src/fall-through.ts',
    'export function f(a: number) {\n  switch (a) {\n    case 1:\n      a++\n    case 2:\n      a++\n  }\n}\n',
    /TS7029/,
  ],
  ['packages/store/src/unused-local.ts', 'export function f() {\n  const a = 1\n}\n', /TS6133/],
  ['packages/store/src/unused-parameter.ts', 'export function f(a: number) {}\n', /TS6133/],
  ['packages/store/src/dots.ts', 'export const f = (a: Record<string, number>) => a.b\n', /TS4111/],
  ['packages/store/src/verbatim.ts', "import { A } from './sound.ts'\nexport type B = A\n", /TS1484/],
  ['packages/store/src/enum.ts', 'export enum A {\n  B,\n}\n', /TS1294/],
  ['packages/core/src/wrong.test.ts', "export const a: number = 'b'\n", /TS2322/],
  ['packages/gateway/test/wrong.test.ts', "export const a: number = 'b'\n", /TS2322/],
  ['tools/wrong.ts', "export const a: number = 'b'\n", /TS2322/],
]

const DEAD_CODE: readonly Fault[] = [
  ['packages/store/src/dead-file.ts', 'export const a = 1\n', /./],
  ['packages/store/src/sound.ts', '', /deadExport/],
  ['packages/store/package.json', '', /kysely/],
  ['package.json', '', /@openclaw\/gateway-client/],
]

/** Nothing may be said about these: each is a neighbour of a fault that is allowed. */
const SOUND: Readonly<Record<string, string>> = {
  'packages/protocol/src/index.ts': "export { thing } from './sound.ts'\n",
  'packages/protocol/src/wire/index.ts': "export { thing } from '../sound.ts'\n",
  'packages/protocol/src/sound.ts':
    "import { Type } from 'typebox'\nimport { Value } from 'typebox/value'\nexport const thing = [Type.String(), Value]\n",
  'packages/protocol/src/sound.test.ts':
    "import { test } from 'node:test'\n\ntest('a', () => clearTimeout(setTimeout(() => 1, 1)))\n",
  'packages/core/src/index.ts': "export { thing } from './sound.ts'\n",
  'packages/core/src/sound.ts':
    "import { thing as word } from '@pairgate/protocol'\nexport const thing = () => [word, new Date(1).toISOString(), Math.max(1, 2)]\n",
  'packages/core/src/sound.test.ts':
    "import { randomUUID } from 'node:crypto'\nimport fc from 'fast-check'\nexport const a = [fc, randomUUID(), Date.now()]\n",
  'packages/core/src/domain/sound.ts':
    "import { thing as word } from '@pairgate/protocol'\nimport { other } from './other.ts'\nexport const thing = [word, other]\n",
  'packages/core/src/domain/other.ts': 'export const other = 1\n',
  'packages/store/src/index.ts': "export { thing } from './sound.ts'\n",
  'packages/store/src/sound.ts':
    "import { createHash } from 'node:crypto'\nimport { thing as core } from '@pairgate/core'\nimport { thing as wire } from '@pairgate/protocol/wire'\nexport interface A {\n  b: 1\n}\nexport const a: A = { b: 1 }\nexport const thing = [core, wire, createHash, a]\nexport const deadExport = 1\n",
  'packages/store/src/contract/store-contract.ts': `export const a = Date.now()\n${manySteps(51)}`,
  'packages/gateway/src/index.ts': "export { thing } from './platform/sound.ts'\n",
  'packages/gateway/src/platform/sound.ts':
    "import { randomBytes } from 'node:crypto'\nimport { thing as core } from '@pairgate/core'\nimport { thing as store } from '@pairgate/store'\nexport const thing = () => [core, store, randomBytes(1), Date.now(), new Date()]\n",
  'packages/gateway/test/sound.test.ts':
    "import { thing as client } from '@pairgate/client'\nimport { thing as gateway } from '@pairgate/gateway'\nimport { thing as own } from '../src/platform/sound.ts'\nexport const a = [client, gateway, own, Date.now(), Math.random()]\n",
  'packages/client/src/index.ts': "export { thing } from './platform/sound.ts'\n",
  'packages/client/src/platform/sound.ts':
    "import { thing as wire } from '@pairgate/protocol/wire'\nexport const thing = () => [wire, Date.now()]\n",
  'packages/cli/src/main.ts':
    "import { thing as client } from '@pairgate/client'\nimport { thing as gateway } from '@pairgate/gateway'\nexport const main = () => console.log(client, gateway)\n",
  'packages/store/src/fifty-steps.ts': manySteps(50),
  'packages/store/src/three-hundred-lines.ts': manyLines(300),
  'packages/store/src/kebab-case.e2e.test.ts': 'export const a = 1\n',
  'packages/store/src/0001-first-tables.ts': 'export const a = 1\n',
  'vite.config.ts': 'export default 1\n',
}

const SUITES = [
  ['Biome: syntax', [...SYNTAX, ...PURITY], (house: PlantedHouse) => house.lint()],
  ['Biome: imports', IMPORTS, (house: PlantedHouse) => house.lint()],
  ['arrows', [...IMPORTS, ...ARROWS], (house: PlantedHouse) => house.followArrows()],
  ['types', TYPES, (house: PlantedHouse) => house.compile()],
  ['dead code', DEAD_CODE, (house: PlantedHouse) => house.findDeadCode()],
] as const

for (const [name, faults, inspect] of SUITES) {
  describe(name, () => {
    let house: PlantedHouse
    let findings: Finding[]

    before(async () => {
      const planted = faults.filter(([, text]) => text !== '').map(([path, text]) => [path, text] as const)
      house = plantHouse({ ...SOUND, ...Object.fromEntries(planted) })
      findings = await inspect(house)
    })
    after(() => house.remove())

    for (const [path, , says] of faults) {
      test(`${path} is refused: ${says.source}`, () => {
        const said = findings.filter((finding) => finding.path === path).map(({ text }) => text)
        assert.ok(
          said.some((text) => says.test(text)),
          `said of ${path}: ${said.join(' | ') || 'nothing'}`,
        )
      })
    }

    if (name === 'dead code') return // knip may well say something about these.
    test('nothing is said about their sound neighbours', () => {
      const sound = Object.keys(SOUND)
      assert.deepEqual(
        findings.filter(({ path }) => sound.includes(path)),
        [],
      )
    })
  })
}
