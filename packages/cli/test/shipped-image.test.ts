import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const dockerfile = readFileSync(join(ROOT, 'deploy/docker/Dockerfile'), 'utf8').replace(/\\\n\s*/g, '')
const words = (expression: RegExp): readonly string[] => JSON.parse(expression.exec(dockerfile)?.[1] ?? '[]')
const COMMAND = words(/^CMD (\[.*\])$/m)
const HEALTH = words(/^HEALTHCHECK .* CMD (\[.*\])$/m)

/** A directory with what the image has, and with nothing else. */
function unpack(): { readonly root: string; readonly env: NodeJS.ProcessEnv } {
  const root = mkdtempSync(join(tmpdir(), 'image-'))
  const copied = [...dockerfile.matchAll(/^COPY --from=build \/src\/(\S+) \S+$/gm)].map(
    ([, path = '']) => path,
  )
  for (const path of copied) {
    assert.ok(existsSync(join(ROOT, path)), `${path} is not built`)
    cpSync(join(ROOT, path), join(root, 'app', path), { recursive: true })
  }
  const [, target = '', link = ''] = /ln -s (\S+) (\S+)/.exec(dockerfile) ?? []
  mkdirSync(join(root, dirname(link)), { recursive: true })
  symlinkSync(join(root, target), join(root, link))
  mkdirSync(join(root, 'state'), { mode: 0o700 })
  const settings = readFileSync(join(ROOT, 'deploy/docker/pairgate.json5'), 'utf8')
  // Its own port, and no other machine is to reach a gateway of the tests.
  writeFileSync(join(root, 'pairgate.json5'), settings.replace("bind: 'lan'", "bind: 'loopback', port: 0"))
  chmodSync(join(root, 'pairgate.json5'), 0o444)
  const env = {
    PATH: `${dirname(process.execPath)}:${join(root, dirname(link))}`,
    // There is no home that could be written.
    HOME: join(root, 'nowhere'),
    NODE_DISABLE_COMPILE_CACHE: '1',
    PAIRGATE_STATE_DIR: join(root, 'state'),
    OPENCLAW_CONFIG_PATH: join(root, 'pairgate.json5'),
  }
  return { root, env }
}

/** Resolves when the gateway has told where it listens. */
async function started(child: ChildProcess): Promise<void> {
  let text = ''
  for await (const piece of child.stdout ?? []) {
    text += String(piece)
    if (text.includes('Gateway listening on wss://')) return
  }
  assert.fail(`it ended: ${text}`)
}

test('what the Dockerfile copies is enough to start, to be found healthy and to stop', async (context) => {
  const { root, env } = unpack()
  const run = ([command = '', ...args]: readonly string[]) =>
    spawnSync(command, args, { env, encoding: 'utf8' })
  assert.notEqual(run(HEALTH).status, 0, 'healthy before it runs')
  const [command = '', ...args] = COMMAND
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  context.after(() => {
    child.kill('SIGKILL')
    rmSync(root, { recursive: true, force: true })
  })
  await started(child)
  const health = run(HEALTH)
  assert.equal(health.status, 0, health.stdout + health.stderr)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null])
})

test('the programs that are built are ASCII, so the runtime keeps their text at one byte a letter', () => {
  const dist = join(ROOT, 'packages/cli/dist')
  const programs = [dist, join(dist, 'chunks')].flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(dir, name)),
  )
  assert.ok(programs.length > 1)
  for (const path of programs) assert.doesNotMatch(readFileSync(path, 'latin1'), /[^\0-\x7f]/, path)
})
