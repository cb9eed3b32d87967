import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { ConfigError } from '../config/config-error.ts'
import type { UpstreamTarget } from '../config/upstream-config.ts'

/** How an upstream proves who it is. */
export interface UpstreamTls {
  /** Left out: the authorities of the system. */
  readonly ca?: string
  /** The name that it is called by and that its certificate is for; empty for an address. */
  readonly servername: string
  /** Said here, so that no variable of the environment says otherwise. */
  readonly rejectUnauthorized: true
}

/** @returns `undefined` for a target without TLS. Throws `ConfigError` for a file that cannot be used. */
export async function readUpstreamTls(target: UpstreamTarget): Promise<UpstreamTls | undefined> {
  const { origin, tls } = target
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:') return undefined
  const host = hostname.replace(/^\[|\]$/g, '')
  const servername = tls?.serverName ?? (isIP(host) === 0 ? host : '')
  if (tls?.ca === undefined) return { servername, rejectUnauthorized: true }
  const ca = await readAuthorities(tls.ca, `The file of tls.ca of the upstream ${target.name}, ${tls.ca},`)
  return { ca, servername, rejectUnauthorized: true }
}

async function readAuthorities(path: string, which: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(`${which} cannot be read (${code}). Name a file that the gateway may read.`)
  }
  try {
    new X509Certificate(text)
    return text
  } catch {
    throw new ConfigError(`${which} holds no certificate. Name a file of certificates in PEM.`)
  }
}
