import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openRealGateway } from '../real-gateway.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'packed-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const project = join(folder, 'project')
await install()

/** Packs the library and what it needs, and installs the archives into an empty project, without a network. */
async function install(): Promise<void> {
  const archives = join(folder, 'archives')
  for (const dir of [project, archives]) mkdirSync(dir)
  const built = join(folder, 'built')
  const builder = join(root, 'tools/client/build-client.ts')
  await run(process.execPath, [
    '-e',
    `(await import(${JSON.stringify(builder)})).buildClient(process.argv[1])`,
    built,
  ])
  // Other packages of the checkout need another `ws`: this is the one that the library resolves.
  const resolve = createRequire(new URL('../../package.json', import.meta.url)).resolve
  const kept = ['ws', '@noble/ed25519'].map((name) => /^.*\/node_modules\//.exec(resolve(name))?.[0] + name)
  await npm(archives, 'pack', built, ...kept)
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'project', private: true, type: 'module' }),
  )
  const packed = readdirSync(archives).map((name) => join(archives, name))
  assert.equal(packed.length, 3)
  await npm(project, 'install', '--offline', ...packed)
}

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  await run('npm', [...args, ...quiet], {
    cwd,
    env: { ...process.env, npm_config_cache: join(folder, 'cache') },
  })
}

const DEVICE = `
import { connectGateway, createFileTokenStore, loadOrCreateFileKey } from '@pairgate/client'
const key = await loadOrCreateFileKey('device/key.pem')
const session = connectGateway({
  url: process.argv[2], key, tokens: createFileTokenStore('device/tokens.json'), wait: true,
  scopes: ['operator.read'], retry: { firstMs: 10 }, onPending: () => console.log(key.deviceId),
})
for (const turn of ['first', 'second']) {
  const { ok } = await session.request('health', {})
  console.log(turn, ok)
  if (turn === 'first') {
    const again = new Promise((done) => session.onState(({ kind }) => kind === 'paused' && done()))
    await session.request('device.token.rotate', { deviceId: key.deviceId, role: 'operator' }).catch(({ code }) => console.log(code))
    console.log('rotating')
    await again
  }
}
await session.close()
`

test('what is installed from the archive pairs with a gateway, calls, and comes back after a drop', async () => {
  const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
  assert.deepEqual(installed, ['@noble', '@pairgate', 'ws'])
  assert.deepEqual(readdirSync(join(project, 'node_modules/@pairgate')), ['client'])

  const gateway = await openRealGateway({ after })
  writeFileSync(join(project, 'device.js'), DEVICE)
  const child = spawn(process.execPath, ['device.js', gateway.url], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  after(() => child.kill('SIGKILL'))
  const lines: string[] = []
  let deviceId = ''
  for await (const piece of child.stdout.setEncoding('utf8')) {
    for (const line of String(piece).trim().split('\n')) {
      lines.push(line)
      if (lines.length === 1) {
        deviceId = line
        await gateway.approve(deviceId)
      } else if (line === 'rotating') {
        await gateway.owner.request('device.token.rotate', { deviceId, role: 'operator' })
      }
    }
  }
  assert.deepEqual(lines.slice(1), ['first true', 'MISSING_SCOPE', 'rotating', 'second true'])
})

const EXAMPLE = `
import { connectGateway, createMemoryTokenStore, ClientError, type DeviceKey, type GatewaySession } from '@pairgate/client'
declare const key: DeviceKey
const session: GatewaySession = connectGateway({
  url: 'wss://gateway.example', key, tokens: createMemoryTokenStore(), scopes: ['operator.read'],
})
const { pending } = await session.request('device.pair.list', {})
const id: string | undefined = pending[0]?.requestId
await session.request('device.pair.reject', { requestId: id ?? '' }, { signal: AbortSignal.timeout(1_000) })
for await (const { event } of session.events()) event.toUpperCase()
try { await session.close() } catch (error) { if (error instanceof ClientError) error.shouldRetry() }
// @ts-expect-error no such method
await session.request('device.pair.everything', {})
// @ts-expect-error a param that the method does not know
await session.request('device.pair.list', { all: true })
// @ts-expect-error a param of another type
await session.request('device.pair.reject', { requestId: 7 })
`

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const snippets = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const [forNode = '', forBrowsers = '', forHttp = '', forApps = ''] = snippets
assert.equal(snippets.length, 4)

for (const { name, options, more, snippet } of [
  {
    name: 'Node',
    snippet: forNode,
    options: { module: 'nodenext', lib: ['ES2024'], types: ['node'] },
    more: "import { loadOrCreateFileKey } from '@pairgate/client'\nloadOrCreateFileKey('key.pem')\n",
  },
  {
    name: 'bundlers for browsers',
    snippet: forBrowsers,
    options: {
      module: 'esnext',
      moduleResolution: 'bundler',
      customConditions: ['browser'],
      lib: ['ES2024', 'DOM'],
      types: [],
    },
    more: "import { loadOrCreateBrowserKey } from '@pairgate/client'\nloadOrCreateBrowserKey()\n// @ts-expect-error only in Node\nimport { loadOrCreateFileKey } from '@pairgate/client'\n",
  },
]) {
  test(`its types are complete and say what the methods take and answer, in ${name}`, async () => {
    const dir = join(project, name.split(' ')[0] ?? '')
    mkdirSync(dir)
    const common = { 'http.ts': forHttp, 'apps.ts': forApps }
    const files = { 'example.ts': `${EXAMPLE}${more}`, 'snippet.ts': snippet, ...common }
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text)
    const compilerOptions = {
      ...options,
      target: 'ES2024',
      noEmit: true,
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      typeRoots: [join(root, 'node_modules/@types')],
    }
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }))
    const checked = await run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      dir,
    ]).catch((error: unknown) => error as { readonly stdout: string })
    assert.equal(checked.stdout, '')
  })
}
