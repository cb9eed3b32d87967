import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const SECOND = 1000

/** Node.js ends a test that takes longer, but not a file whose process stays: that is what the run's limit is for. */
const TEST_LIMIT = 60 * SECOND
const RUN_LIMIT = 820 * SECOND

const SUITES: Readonly<Record<string, string>> = {
  arrows: 'tools/arrows.test.ts',
  tools: 'tools/*.test.ts',
  unit: 'packages/*/src/**/*.test.ts',
  e2e: 'packages/*/test/**/*.test.ts',
}

/** Hundreds of processes load the same sources: each one that finds them compiled starts sooner. */
const COMPILED = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled-tests') }

/** After a build commands run as the bundle that users run. It starts in a quarter of the time, too. */
const BUNDLE = { PAIRGATE_FROM_SOURCE: '0' }

function runTests(files: readonly string[], env: NodeJS.ProcessEnv): void {
  const limits = ['--test-concurrency=4', `--test-timeout=${TEST_LIMIT}`]
  // In a process group of its own, so that whatever the tests have started ends with them.
  const child = spawn(process.execPath, ['--test', ...limits, ...files], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, ...COMPILED, ...env },
  })
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // Nobody of the group is left.
    }
  }
  const end = () => {
    // Interrupted, the test runner says which files it was waiting for.
    child.kill('SIGINT')
    setTimeout(() => signalGroup('SIGKILL'), 3 * SECOND).unref()
  }
  const limit = setTimeout(() => {
    console.error(`\nThe tests took longer than ${RUN_LIMIT / SECOND} s and are ended.`)
    end()
  }, RUN_LIMIT)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  child.on('exit', (code) => {
    clearTimeout(limit)
    signalGroup('SIGKILL')
    process.exitCode = code ?? 1
  })
}

const suites = process.argv.slice(2)
const files = suites.flatMap((suite) => globSync(SUITES[suite] ?? [], { cwd: root })).sort()
if (files.length > 0) {
  runTests(files, suites.includes('e2e') ? BUNDLE : {})
} else {
  console.error(`No test files for "${suites.join(' ')}": the suites are ${Object.keys(SUITES).join(', ')}.`)
  process.exitCode = 1
}
