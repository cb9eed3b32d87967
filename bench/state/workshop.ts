import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GatewayProcess, startGatewayProcess } from '../servers/gateway-process.ts'
import { type SeededDevice, type SeedOptions, seedDevices } from './seed-devices.ts'

/** A state directory with paired devices. */
export interface SeededState {
  readonly stateDir: string
  /** What load processes read with `readDevices`; the first is an admin. */
  readonly devicesFile: string
  readonly devices: readonly SeededDevice[]
}

/** Everything of one run that lies on disk: a copy of the bundle, state directories, a compile cache. */
export interface Workshop {
  readonly dir: string
  /** A copy, because somebody may build in the checkout while the run is on. */
  readonly command: string
  /** What every process of the product is started with. */
  readonly env: NodeJS.ProcessEnv
  /** A state directory that no gateway has seen. */
  freshState(name: string): string
  /** A state directory that a gateway has made, with devices in it; `config` goes below `gateway`. */
  seededState(name: string, seed: SeedOptions, config?: object): Promise<SeededState>
  startGateway(stateDir: string): Promise<GatewayProcess>
  remove(): void
}

const PREFIX = 'pairgate-bench-'
const cli = fileURLToPath(new URL('../../packages/cli', import.meta.url))

/** @param nodeFlags flags of Node.js for every gateway, such as those of the profiler. */
export function openWorkshop(nodeFlags: readonly string[]): Workshop {
  // Where a user's compile cache lies too: the command trusts no directory that others may write to.
  const base = cacheHome()
  removeAbandoned(base)
  const dir = join(base, `${PREFIX}${process.pid}`)
  for (const made of [dir, join(dir, 'cache')]) mkdirSync(made, { recursive: true, mode: 0o700 })
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(cli, part), join(dir, 'cli', part), { recursive: true })
  }
  const command = join(dir, 'cli', 'bin', 'openclaw.js')
  const env = { PATH: process.env['PATH'], HOME: dir, XDG_CACHE_HOME: join(dir, 'cache'), NO_COLOR: '1' }
  const startGateway = (stateDir: string) => startGatewayProcess({ command, stateDir, env, nodeFlags })

  return {
    dir,
    command,
    env,
    startGateway,
    freshState: (name) => join(dir, name),
    async seededState(name, seed, config = {}) {
      const stateDir = join(dir, name)
      // The gateway makes the directory, so that keys and modes are its own.
      await (await startGateway(stateDir)).stop()
      // What is measured is how fast it can be, not how fast one client may be.
      const gateway = { limits: { requestsPerSecond: 1_000_000 }, ...config }
      writeFileSync(join(stateDir, 'pairgate.json'), JSON.stringify({ gateway }), { mode: 0o600 })
      const devices = await seedDevices(stateDir, seed)
      const devicesFile = join(dir, `${name}.json`)
      writeFileSync(devicesFile, JSON.stringify(devices), { mode: 0o600 })
      return { stateDir, devicesFile, devices }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function cacheHome(): string {
  const said = process.env['XDG_CACHE_HOME']
  return said && isAbsolute(said) ? said : join(homedir(), '.cache')
}

/** What runs that were killed have left. */
function removeAbandoned(base: string): void {
  mkdirSync(base, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(base)) {
    if (!name.startsWith(PREFIX) || isAlive(Number(name.slice(PREFIX.length)))) continue
    rmSync(join(base, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
