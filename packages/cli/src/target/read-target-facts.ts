import { homedir } from 'node:os'
import { CommandError } from '../output/command-error.ts'
import { readUrl } from './read-url.ts'
import type { Named, TargetFacts } from './resolve-target.ts'

/** The flags that say where a command goes. */
export interface TargetFlags {
  readonly url?: string | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
}

export interface LocalFiles {
  readonly stateDir: string
  readonly configFile: string
  readonly deviceKey: string
  readonly deviceTokens: string
  readonly localKey: string
  readonly ownerSocket: string
}

/** Where this machine keeps things; reads nothing. */
export async function findLocalFiles(env: NodeJS.ProcessEnv): Promise<LocalFiles> {
  const { resolveStateDir, statePaths } = await import('@pairgate/gateway/config')
  const { dir, configFile, deviceKey, deviceTokens, localKey, ownerSocket } = statePaths(
    resolveStateDir(env, homedir()),
    env,
  )
  return { stateDir: dir, configFile, deviceKey, deviceTokens, localKey, ownerSocket }
}

/**
 * Flags, environment and config file as far as they are needed: an address on the spot must work also
 * where the config file is broken.
 * @throws CommandError
 */
export async function readTargetFacts(
  flags: TargetFlags,
  env: NodeJS.ProcessEnv,
  files: LocalFiles,
): Promise<TargetFacts> {
  const named: Named = { url: urlOf(flags.url), token: flags.token, password: flags.password }
  const ambient: Named = {
    url: urlOf(env['OPENCLAW_GATEWAY_URL'] || undefined),
    token: env['OPENCLAW_GATEWAY_TOKEN'],
    password: env['OPENCLAW_GATEWAY_PASSWORD'],
  }
  const facts = { flags: named, env: ambient, socketPath: files.ownerSocket, localKeyPath: files.localKey }
  // With an address on the spot nobody asks for this host's.
  if (named.url !== undefined || ambient.url !== undefined)
    return { ...facts, remote: undefined, localUrl: '' }

  const { url, token, password, port, tls } = await readRemote(files.configFile, env)
  const remote = url === undefined ? undefined : { url: readUrl(url), token, password }
  return { ...facts, remote, localUrl: `${tls ? 'wss' : 'ws'}://127.0.0.1:${port}` }
}

async function readRemote(file: string, env: NodeJS.ProcessEnv) {
  const { ConfigError, readRemoteConfig } = await import('@pairgate/gateway/config')
  try {
    return readRemoteConfig({ file, env })
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message, { next: [`Config: ${file}`] })
    throw error
  }
}

function urlOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : readUrl(text)
}
