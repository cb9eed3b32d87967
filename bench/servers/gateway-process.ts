import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { keepTrack } from '../machine/children.ts'
import { cpuSecondsOf } from '../machine/process-facts.ts'

export interface GatewayProcess {
  readonly pid: number
  readonly port: number
  /** From the spawn to the line that says where it listens. */
  readonly readyMs: number
  /** What it had used of the CPU by then; a busy machine changes this less. */
  readonly readyCpuMs: number | undefined
  stop(): Promise<void>
}

export interface GatewayProcessOptions {
  /** The stub in front of the bundle. */
  readonly command: string
  readonly stateDir: string
  readonly env: NodeJS.ProcessEnv
  readonly nodeFlags: readonly string[]
}

const START_LIMIT_MS = 15_000
const STOP_LIMIT_MS = 8_000
const KEPT_OUTPUT = 4_000

/** Starts the bundled gateway on any free port, as a user would. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { command, stateDir, env, nodeFlags } = options
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeFlags, command, 'gateway', 'run', '--port', '0'], {
    env: { ...env, PAIRGATE_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  keepTrack(child)
  const port = await readPort(child)
  const readyMs = performance.now() - startedAt
  const pid = child.pid ?? 0
  const cpuSeconds = cpuSecondsOf(pid)
  const readyCpuMs = cpuSeconds && cpuSeconds * 1000
  return { pid, port, readyMs, readyCpuMs, stop: () => stop(child) }
}

function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = ''
    const give = (why: string) => reject(new Error(`the gateway ${why}:\n${output}`))
    const limit = setTimeout(() => give('did not say where it listens'), START_LIMIT_MS)
    child.once('exit', (code) => give(`ended (${code})`))
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-KEPT_OUTPUT)
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-KEPT_OUTPUT)
      const port = /listening on wss?:\/\/\S+:(\d+)/.exec(output)?.[1]
      if (port === undefined) return
      clearTimeout(limit)
      resolve(Number(port))
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(kill)
}
