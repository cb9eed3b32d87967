import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const COMMAND = fileURLToPath(new URL('../bin/openclaw.js', import.meta.url))

/** The sources, because a bundle may be old; `npm test` has just built one, and runs what users run. */
export const WHAT_RUNS = { PAIRGATE_FROM_SOURCE: process.env['PAIRGATE_FROM_SOURCE'] ?? '1' }

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** One machine, as far as the command sees it: an empty state directory and nothing in the environment. */
export interface Machine {
  readonly stateDir: string
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CliResult>
  /** The same with a text on standard input. */
  pipe(args: readonly string[], input: string): Promise<CliResult>
  start(args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess
  /** The same with a standard input that stays open. */
  startPiped(args: readonly string[]): ChildProcess
  remove(): void
}

export function createMachine(): Machine {
  const stateDir = mkdtempSync(join(tmpdir(), 'pairgate-cli-'))

  function spawnCommand(args: readonly string[], env: NodeJS.ProcessEnv, stdin: 'ignore' | 'pipe') {
    return spawn(process.execPath, [COMMAND, ...args], {
      env: { ...quietEnv(), PAIRGATE_STATE_DIR: stateDir, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    })
  }
  function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawnCommand(args, env, 'ignore')
  }
  return {
    stateDir,
    start,
    startPiped: (args) => spawnCommand(args, {}, 'pipe'),
    run: (args, env) => collect(start(args, env)),
    pipe(args, input) {
      const child = spawnCommand(args, {}, 'pipe')
      child.stdin?.end(input)
      return collect(child)
    },
    remove: () => rmSync(stateDir, { recursive: true, force: true }),
  }
}

/** Waits for the end; a command that hangs is killed, and its code is then `null`. */
export function collect(child: ChildProcess, timeoutMs = 50_000): Promise<CliResult> {
  const { promise, resolve } = Promise.withResolvers<CliResult>()
  const text = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    text.stdout += piece
  })
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    text.stderr += piece
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  child.on('close', (code) => {
    clearTimeout(timer)
    resolve({ code, ...text })
  })
  return promise
}

/** Resolves with the first match on stdout; rejects when the process ends before. */
export function waitForOutput(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
  let text = ''
  child.stdout?.on('data', (piece: unknown) => {
    text += String(piece)
    const match = pattern.exec(text)
    if (match) resolve(match)
  })
  child.on('close', (code) => reject(new Error(`ended with ${code} before it said ${pattern}: ${text}`)))
  return promise
}

function quietEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:OPENCLAW|PAIRGATE|FORCE_COLOR)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...WHAT_RUNS, NO_COLOR: '1' }
}
