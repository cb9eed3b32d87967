import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { writeTypes } from './write-types.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const room = join(root, 'packages/client')

/** What stays a package of its own for whoever installs the library; everything else is bundled. */
const KEPT: readonly string[] = ['ws', '@noble/ed25519']

/**
 * Writes the package as it is published into `target`: a bundle for Node, one for browsers and everything
 * else that keeps web standards, and declarations that need no other package.
 */
export async function buildClient(target = join(room, 'dist')): Promise<string> {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  await bundle(target, { door: 'index', name: 'node', platform: 'node' })
  await bundle(target, { door: 'browser', name: 'browser', platform: 'browser' })
  writeTypes(root, join(target, 'types'))
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(describePackage(), undefined, 2)}\n`)
  copyFileSync(join(room, 'README.md'), join(target, 'README.md'))
  copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
  return target
}

interface Bundle {
  readonly door: string
  readonly name: string
  readonly platform: 'node' | 'browser'
}

async function bundle(target: string, { door, name, platform }: Bundle): Promise<void> {
  await build({
    input: { [name]: join(room, `src/${door}.ts`) },
    platform,
    tsconfig: false,
    transform: { target: platform === 'node' ? 'node22' : 'es2024' },
    external: [...KEPT, /^node:/],
    output: {
      dir: target,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: `${name}-[name].js`,
    },
  })
}

function describePackage(): object {
  const { name, version, license, dependencies } = JSON.parse(
    readFileSync(join(room, 'package.json'), 'utf8'),
  )
  const door = (file: string, types: string): object => ({
    types: `./types/client/src/${types}.d.ts`,
    default: `./${file}.js`,
  })
  return {
    name,
    version,
    description: 'Pairs a device with a Pairgate gateway and keeps it connected, in Node and in browsers.',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22' },
    exports: {
      '.': {
        browser: door('browser', 'browser'),
        node: door('node', 'index'),
        default: door('browser', 'browser'),
      },
    },
    dependencies: Object.fromEntries(KEPT.map((kept) => [kept, dependencies[kept]])),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = await buildClient()
  console.log(`Built ${target}; \`npm pack ${target}\` makes the archive.`)
}
