import { homedir } from 'node:os'
import { parseTlsPin, type TlsPin } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import { fingerprintOfFile } from './read-tls-fingerprint.ts'
import { readUrl } from './read-url.ts'
import type { Named, TargetFacts } from './resolve-target.ts'

/** The flags that say where a command goes. */
export interface TargetFlags {
  readonly url?: string | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
  readonly tlsFingerprint?: TlsPin | undefined
}

export interface LocalFiles {
  readonly stateDir: string
  readonly configFile: string
  readonly deviceKey: string
  readonly deviceTokens: string
  readonly localKey: string
  /** The certificate that the gateway of this machine makes itself. */
  readonly tlsCertificate: string
  readonly ownerSocket: string
}

/** Where this machine keeps things; reads nothing. */
export async function findLocalFiles(env: NodeJS.ProcessEnv): Promise<LocalFiles> {
  const { resolveStateDir, statePaths } = await import('@pairgate/gateway/config')
  const { dir, configFile, deviceKey, deviceTokens, localKey, tlsCertificate, ownerSocket } = statePaths(
    resolveStateDir(env, homedir()),
    env,
  )
  return { stateDir: dir, configFile, deviceKey, deviceTokens, localKey, tlsCertificate, ownerSocket }
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
  const { token: flagToken, password: flagPassword, tlsFingerprint } = flags
  const named: Named = { url: urlOf(flags.url), token: flagToken, password: flagPassword, tlsFingerprint }
  const ambient: Named = {
    url: urlOf(env['OPENCLAW_GATEWAY_URL'] || undefined),
    token: env['OPENCLAW_GATEWAY_TOKEN'],
    password: env['OPENCLAW_GATEWAY_PASSWORD'],
  }
  const facts = { flags: named, env: ambient, socketPath: files.ownerSocket, localKeyPath: files.localKey }
  // With an address on the spot nobody asks for this host's.
  if (named.url !== undefined || ambient.url !== undefined)
    return { ...facts, remote: undefined, localUrl: '' }

  const config = await readRemote(files.configFile, env)
  const { token, password, tls } = config
  const pin = config.tlsFingerprint === undefined ? undefined : parseTlsPin(config.tlsFingerprint)
  const remote =
    config.url === undefined ? undefined : { url: readUrl(config.url), token, password, tlsFingerprint: pin }
  const localUrl = `${tls ? 'wss' : 'ws'}://127.0.0.1:${config.port}`
  // Whoever may read the gateway's files need not be told its fingerprint.
  const localTlsFingerprint =
    tls && (await fingerprintOfFile(tls === 'auto' ? files.tlsCertificate : tls.cert))
  return { ...facts, remote, localUrl, localTlsFingerprint }
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
