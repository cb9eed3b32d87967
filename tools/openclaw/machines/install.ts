import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { OPENCLAW_VERSION } from '../version.ts'

/**
 * The entry of OpenClaw's command: of the directory that `PAIRGATE_OPENCLAW_DIR` names, or of a cache outside
 * of the checkout, into which npm puts it once.
 */
export async function findOpenClaw(env: NodeJS.ProcessEnv): Promise<string> {
  const named = env['PAIRGATE_OPENCLAW_DIR']
  const directory = named ?? join(cacheHome(env), 'pairgate', `openclaw-${OPENCLAW_VERSION}`)
  if (!existsSync(packageOf(directory))) await install(directory)
  const { version } = JSON.parse(readFileSync(join(packageOf(directory), 'package.json'), 'utf8'))
  if (version !== OPENCLAW_VERSION)
    throw new Error(`${directory} holds OpenClaw ${version}, and ${OPENCLAW_VERSION} is needed.`)
  return join(packageOf(directory), 'openclaw.mjs')
}

function packageOf(directory: string): string {
  return join(directory, 'node_modules', 'openclaw')
}

function cacheHome({ XDG_CACHE_HOME: base }: NodeJS.ProcessEnv): string {
  return base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache')
}

/** Nothing of an install that was interrupted is left under its name. */
async function install(directory: string): Promise<void> {
  console.log(`Installing openclaw@${OPENCLAW_VERSION} (650 MB) into ${directory} …`)
  const half = `${directory}.half`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true, mode: 0o700 })
  // It runs without what its dependencies would do at install, so nothing of it is run unasked.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', half]
  const npm = spawn('npm', ['install', ...flags, `openclaw@${OPENCLAW_VERSION}`], { stdio: 'inherit' })
  const [code] = await once(npm, 'close')
  if (code !== 0) throw new Error(`npm could not install it (exit ${code}).`)
  rmSync(directory, { recursive: true, force: true })
  renameSync(half, directory)
}
