import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { ConfigError, readGatewayConfig, resolveStateDir, statePaths } from '@pairgate/gateway/config'
import { CommandError } from '../output/command-error.ts'

export interface AuthTokenOptions {
  readonly show?: boolean
}

/** Prints the shared token to a person, never to a program: what a script can read ends up in its log. */
export async function showAuthToken({ show }: AuthTokenOptions): Promise<void> {
  const paths = statePaths(resolveStateDir(process.env, homedir()), process.env)
  const { mode, token } = readAuth(paths.configFile)
  if (token === undefined && mode !== 'token') {
    const needed = mode === 'password' ? 'devices bring the password' : 'devices ask without one'
    process.stdout.write(`No gateway token is set, and none is needed: in mode "${mode}" ${needed}.\n`)
    return
  }
  if (!show) throw refusal('Pass --show to confirm that the token may appear on this screen.')
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    throw refusal(
      'Refusing to print the Gateway token outside an interactive terminal. Run the command there by hand.',
    )
  }
  process.stdout.write(`${token ?? (await derivedToken(paths))}\n`)
}

function readAuth(file: string) {
  try {
    return readGatewayConfig({ file, env: process.env }).auth
  } catch (error) {
    if (error instanceof ConfigError) throw refusal(error.message)
    throw error
  }
}

/** In mode `token` without a configured one, the gateway derives it from its own key. */
async function derivedToken(paths: ReturnType<typeof statePaths>): Promise<string> {
  if (!existsSync(paths.tokenKey) && !process.env['PAIRGATE_TOKEN_KEY']) {
    throw refusal('There is none yet. Start the gateway once: openclaw gateway run')
  }
  const { loadTokenKey, sharedTokenOf } = await import('@pairgate/gateway')
  return sharedTokenOf(await loadTokenKey(paths, process.env))
}

function refusal(why: string): CommandError {
  return new CommandError(`Gateway auth token failed: ${why}`)
}
