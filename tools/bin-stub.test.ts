import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const stub = fileURLToPath(new URL('../packages/cli/bin/openclaw.js', import.meta.url))

/** Makes the runtime say that it is an old one. */
const PRETEND_20 = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.1' } })",
)}`
const PRINT_ARGS =
  "export const main = async (args) => console.log('bundle', process.version, args.join(','))\n"

// Not below the temporary directory, where anybody may write: the stub has good reasons to keep no cache there.
const scratch = mkdtempSync(join(realpathSync(homedir()), '.pairgate-stub-'))
let checkout: string
let count = 0

beforeEach(() => {
  checkout = join(scratch, String(count++))
  write('package.json', '{ "type": "module" }')
  mkdirSync(join(checkout, 'packages/cli/bin'), { recursive: true })
  cpSync(stub, join(checkout, 'packages/cli/bin/openclaw.js'))
})
after(() => rmSync(scratch, { recursive: true, force: true }))

test('an old Node.js without the pinned runtime is told what it needs, what it is and what to do', async () => {
  write('packages/cli/dist/main.js', PRINT_ARGS)

  const { code, stdout, stderr } = await run(['--import', PRETEND_20], ['--help'])

  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(
    stderr,
    /^openclaw needs Node\.js 24 or newer, but this is 20\.11\.1: install .*npm install.*\n$/,
  )
})

test('an old Node.js hands over to the runtime that npm installed above', async () => {
  write('packages/cli/dist/main.js', PRINT_ARGS)
  pinRuntime(`exec "${process.execPath}" "$(dirname "$0")/../../../packages/cli/bin/openclaw.js" handed over`)

  const { code, stdout } = await run(['--import', PRETEND_20], ['--help'])

  assert.equal(code, 0)
  assert.equal(stdout, `bundle ${process.version} handed,over\n`)
})

test('the pinned runtime gets the flags, the arguments and the input, and its exit code is ours', async () => {
  pinRuntime('echo "$@"; cat; exit 7')

  const { code, stdout } = await run(['--import', PRETEND_20], ['devices', 'a b'], { input: 'typed' })

  assert.equal(code, 7)
  assert.equal(
    stdout,
    `--import ${PRETEND_20} ${join(checkout, 'packages/cli/bin/openclaw.js')} devices a b\ntyped`,
  )
})

test('a pinned runtime that is too old as well is not asked a second time', async () => {
  pinRuntime(`exec "${process.execPath}" "$@"`)

  const { code, stderr } = await run(['--import', PRETEND_20], [])

  assert.equal(code, 1)
  assert.match(stderr, /but this is 20\.11\.1/)
})

test('a signal reaches the pinned runtime, and what it ends with is what we end with', async () => {
  pinRuntime(
    `exec "${process.execPath}" -e "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 9); console.log('up')"`,
  )
  const polite = start(['--import', PRETEND_20], [])
  polite.stdout?.once('data', () => polite.kill('SIGTERM'))
  assert.equal((await finish(polite)).code, 5)

  pinRuntime(`exec "${process.execPath}" -e "setInterval(() => {}, 9); console.log('up')"`)
  const killed = start(['--import', PRETEND_20], [])
  killed.stdout?.once('data', () => killed.kill('SIGTERM'))
  assert.equal((await finish(killed)).signal, 'SIGTERM')
})

test('the bundle runs if it is there, and the sources if it is not or if we ask for them', async () => {
  write(
    'packages/cli/src/main.ts',
    'export const main = async (args: string[]) => console.log("sources", args[0])\n',
  )
  assert.equal((await run([], ['a'])).stdout, 'sources a\n')

  write('packages/cli/dist/main.js', PRINT_ARGS)
  assert.equal((await run([], ['a'])).stdout, `bundle ${process.version} a\n`)
  assert.equal((await run([], ['a'], { env: { PAIRGATE_FROM_SOURCE: '1' } })).stdout, 'sources a\n')
})

test('without bundle and sources it says how to build', async () => {
  const { code, stderr } = await run([], [])

  assert.equal(code, 1)
  assert.equal(stderr, 'openclaw is not built: run `npm run build` in the checkout.\n')
})

test('an error that nobody caught is printed and exits with 1', async () => {
  write('packages/cli/dist/main.js', "export const main = async () => { throw new Error('boom') }\n")

  const { code, stderr } = await run([], [])

  assert.equal(code, 1)
  assert.match(stderr, /Error: boom\n +at .*main/)
})

test('compiled code is kept in a directory that only its owner may enter', async () => {
  write('packages/cli/dist/main.js', PRINT_ARGS)
  await run([], [], { env: { XDG_CACHE_HOME: join(checkout, 'cache') } })

  const cache = join(checkout, 'cache/pairgate')
  assert.ok(existsSync(cache))
  assert.equal(statSync(cache).mode & 0o777, 0o700)
  assert.ok(await isCaching())
})

test('nothing is kept where somebody else could write, or where the user wants no cache', async () => {
  assert.equal(await isCaching({ NODE_DISABLE_COMPILE_CACHE: '1' }), false)
  assert.equal(existsSync(join(checkout, 'cache')), false)

  mkdirSync(join(checkout, 'cache/pairgate'), { recursive: true })
  chmodSync(join(checkout, 'cache/pairgate'), 0o755)
  assert.equal(await isCaching(), false)

  chmodSync(join(checkout, 'cache/pairgate'), 0o700)
  assert.equal(await isCaching(), true)

  chmodSync(join(checkout, 'cache'), 0o1777)
  assert.equal(await isCaching(), false)
})

async function isCaching(env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  write(
    'packages/cli/dist/main.js',
    "import { getCompileCacheDir } from 'node:module'\nexport const main = async () => console.log(getCompileCacheDir())\n",
  )
  const { stdout } = await run([], [], { env: { XDG_CACHE_HOME: join(checkout, 'cache'), ...env } })
  return stdout.startsWith(join(checkout, 'cache/pairgate'))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true })
  writeFileSync(join(checkout, path), text)
}

function pinRuntime(script: string): void {
  write('node_modules/node/bin/node', `#!/bin/sh\n${script}\n`)
  chmodSync(join(checkout, 'node_modules/node/bin/node'), 0o755)
}

interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
}

function start(flags: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const file = join(checkout, 'packages/cli/bin/openclaw.js')
  return spawn(process.execPath, [...flags, file, ...args], {
    env: { HOME: homedir(), PATH: process.env['PATH'], ...env },
  })
}

async function finish(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
    })
  }
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...said }))
  })
}

function run(flags: readonly string[], args: readonly string[], { env, input }: RunOptions = {}) {
  const child = start(flags, args, env)
  child.stdin?.end(input)
  return finish(child)
}
