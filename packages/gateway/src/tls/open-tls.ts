import type { Clock } from '@pairgate/core'
import { ConfigError } from '../config/config-error.ts'
import type { GatewayConfig, TlsFiles } from '../config/gateway-config.ts'
import type { StatePaths } from '../config/state-dir.ts'
import type { Log } from '../platform/log.ts'
import { machineNames, thisMachine } from '../platform/machine.ts'
import { certificateNames } from './certificate-names.ts'
import { createOwnCertificate, type OwnCertificate } from './own-certificate.ts'
import { readTlsTexts, type TlsTexts, tlsMaterialOf } from './read-tls-files.ts'
import { createTlsKeeper, type TlsKeeper, type TlsSource } from './tls-keeper.ts'
import type { TlsMaterial } from './tls-material.ts'

export interface OpenTlsDeps {
  /** Read when it is needed: names change live. */
  readonly config: Pick<GatewayConfig, 'tls' | 'allowedHosts' | 'upstreams'>
  readonly paths: StatePaths
  readonly clock: Pick<Clock, 'wall'>
  readonly log: Log
}

/** @returns `undefined` without TLS. Throws `ConfigError` or `StateError` for what cannot be used. */
export async function openTls({ config, paths, clock, log }: OpenTlsDeps): Promise<TlsKeeper | undefined> {
  const { tls } = config
  if (!tls) return undefined
  const wallMs = () => clock.wall()
  if (tls !== 'auto') {
    const texts = await readTlsTexts(tls)
    const first = tlsMaterialOf(texts, tls)
    return createTlsKeeper({ source: fileSource(tls, texts, wallMs), first, wallMs, log })
  }
  // Apps with a host of their own are served with the same certificate.
  const apps = config.upstreams.all.flatMap(({ host }) => host ?? [])
  const hosts = () => [...config.allowedHosts, ...apps]
  const own = createOwnCertificate({
    paths,
    names: () => certificateNames(namesOfMachine(), hosts()),
    allowedHosts: hosts,
    wallMs,
  })
  return createTlsKeeper({ source: ownSource(own), first: await own.open(), wallMs, log })
}

function ownSource(own: OwnCertificate): TlsSource {
  return {
    mode: 'auto',
    next: async (current) => (own.isDue(current) ? own.renew(current) : undefined),
  }
}

/** Compared by content: no event of the file system tells reliably that somebody is done with two files. */
function fileSource(files: TlsFiles, first: TlsTexts, wallMs: () => number): TlsSource {
  let used = first
  return {
    mode: 'files',
    async next(current) {
      const texts = await readTlsTexts(files)
      if (texts.cert === used.cert && texts.key === used.key) return undefined
      const next = tlsMaterialOf(texts, files)
      if (hasRunOut(next, wallMs()) && !hasRunOut(current, wallMs())) throw runOut(files)
      used = texts
      return next
    },
  }
}

function hasRunOut({ notAfterMs }: TlsMaterial, wallMs: number): boolean {
  return notAfterMs <= wallMs
}

function runOut({ cert }: TlsFiles): ConfigError {
  return new ConfigError(
    `The file of gateway.tls.cert, ${cert}, holds a certificate that has run out. Put the new one there.`,
  )
}

function namesOfMachine() {
  const addresses = Object.values(thisMachine().interfaces).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  )
  return { names: machineNames(), addresses }
}
