import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

interface Step {
  readonly name: string
  /** A script that Node.js runs, and its arguments. */
  readonly command: readonly string[]
  readonly advice: string
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** The longest first. */
const STEPS: readonly Step[] = [
  {
    name: 'unit tests',
    command: ['tools/run-tests.ts', 'unit'],
    advice: '`npm run test:unit` repeats this step.',
  },
  {
    name: 'types',
    // One thread takes a quarter of the memory and less of the processors than four do.
    command: ['node_modules/typescript/bin/tsc', '--build', '--singleThreaded'],
    advice: 'Mend what the compiler names; `npm run types` repeats this step.',
  },
  {
    name: 'format and lint',
    command: [
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      '--max-diagnostics=200',
    ],
    advice: '`npm run format` mends the form; each other finding says what to do instead.',
  },
  {
    name: 'arrows',
    command: ['tools/run-tests.ts', 'arrows'],
    advice: 'Import by a door that tools/arrows.ts allows; `npm run arrows` repeats this step.',
  },
  {
    name: 'dead code',
    command: ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'],
    advice: 'Remove what nobody uses, or use it; `npm run dead-code` repeats this step.',
  },
]

/** Runs the steps side by side, prints each as it ends and names at the end what failed. */
async function check(steps: readonly Step[]): Promise<void> {
  const waiting = [...steps]
  const failed: Step[] = []
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      if (!(await run(step))) failed.push(step)
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker))

  if (failed.length === 0) return console.log('\nEvery step passed.')
  console.log(['', ...failed.map(({ name, advice }) => `✖ ${name}: ${advice}`)].join('\n'))
  process.exitCode = 1
}

async function run({ name, command }: Step): Promise<boolean> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)`)
  if (code !== 0) process.stdout.write(Buffer.concat(output))
  return code === 0
}

const isStatic = process.argv.includes('--static')
await check(STEPS.filter(({ name }) => !isStatic || !['arrows', 'unit tests'].includes(name)))
