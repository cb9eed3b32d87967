import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

export interface Ended {
  /** `null` when it had to be killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  /** What it has said so far, on both streams. */
  said(): string
  /** Waits until it says so; rejects when it ends before, or takes too long. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Ended>
  stop(): Promise<Ended>
}

/** A home with one of the two programs; nothing of this machine's own state or environment is in it. */
export interface Machine {
  readonly stateDir: string
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Running
  remove(): void
}

const COMMAND_LIMIT_MS = 60_000
const SENTENCE_LIMIT_MS = 90_000
const STOP_LIMIT_MS = 8_000

const living = new Set<ChildProcess>()

/** @param entry the script that Node.js runs. */
export function createMachine(entry: string): Machine {
  const home = mkdtempSync(join(tmpdir(), 'pairgate-openclaw-'))
  const stateDir = join(home, 'state')
  mkdirSync(stateDir, { mode: 0o700 })
  const base = {
    ...quietEnv(),
    HOME: home,
    OPENCLAW_STATE_DIR: stateDir,
    PAIRGATE_STATE_DIR: stateDir,
  }
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    follow(
      // In a group of its own, so that what it starts ends with it.
      spawn(process.execPath, [entry, ...args], {
        cwd: home,
        env: { ...base, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      }),
    )
  return {
    stateDir,
    start,
    async run(args, env) {
      const running = start(args, env)
      const limit = setTimeout(() => running.stop(), COMMAND_LIMIT_MS)
      return running.ended.finally(() => clearTimeout(limit))
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** Whatever still runs, when the run is over or broken off. */
export function killChildren(): void {
  for (const child of living) signal(child, 'SIGKILL')
}

function follow(child: ChildProcess): Running {
  living.add(child)
  const text = { stdout: '', stderr: '' }
  const said = () => text.stdout + text.stderr
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      living.delete(child)
      resolve({ code, ...text })
    })
  })
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece
    })
  return {
    said,
    ended,
    until: (pattern) => waitFor({ child, pattern, said }),
    async stop() {
      signal(child, 'SIGTERM')
      const limit = setTimeout(() => signal(child, 'SIGKILL'), STOP_LIMIT_MS)
      return ended.finally(() => clearTimeout(limit))
    },
  }
}

/** For a message; without what may be a secret. */
export function lastLine(text: string): string {
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  return last.replace(/[\w-]{32,}/g, '…').slice(0, 160)
}

interface Wait {
  readonly child: ChildProcess
  readonly pattern: RegExp
  readonly said: () => string
}

function waitFor({ child, pattern, said }: Wait): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const give = (why: string) =>
      settle(() => reject(new Error(`it ${why} before it said ${pattern}; last: ${lastLine(said())}`)))
    const limit = setTimeout(() => give('took too long'), SENTENCE_LIMIT_MS)
    const look = () => {
      const match = pattern.exec(said())
      if (match) settle(() => resolve(match))
    }
    const close = () => give('ended')
    function settle(done: () => void): void {
      clearTimeout(limit)
      child.stdout?.off('data', look)
      child.stderr?.off('data', look)
      child.off('close', close)
      done()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.on('close', close)
    look()
  })
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name)
  } catch {
    // Nobody of the group is left.
  }
}

function quietEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:OPENCLAW|PAIRGATE|FORCE_COLOR|XDG_)/.test(name),
  )
  // What OpenClaw starts by the name `node` is to be this one as well.
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: '1' }
}
