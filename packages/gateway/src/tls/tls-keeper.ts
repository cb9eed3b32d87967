import { days, type TlsPin } from '@pairgate/protocol'
import type { TlsReport } from '@pairgate/protocol/wire'
import type { Log } from '../platform/log.ts'
import type { TlsMaterial } from './tls-material.ts'

const WARN_BEFORE_MS = days(7)
const REMIND_EVERY_MS = days(1)

/** Where the gateway's certificate comes from. */
export interface TlsSource {
  readonly mode: TlsReport['mode']
  /** @returns what to use from now on, or `undefined` while nothing is new. Throws for what cannot be used. */
  next(current: TlsMaterial): Promise<TlsMaterial | undefined>
}

export interface TlsKeeperDeps {
  readonly source: TlsSource
  readonly first: TlsMaterial
  readonly wallMs: () => number
  readonly log: Log
}

/** The certificate of the running gateway. */
export interface TlsKeeper {
  /** What the next handshake gets. */
  readonly current: TlsMaterial
  /** Looks for a newer one and takes it into use, or keeps this one and says why. Never throws. */
  look(): Promise<void>
  /** Called at once when another one is in use; connections that stand are not touched. */
  onChange(listener: (material: TlsMaterial) => void): void
  report(): TlsReport
  /** What links and setup codes carry; `undefined` where an authority vouches, whose next one is not known. */
  pin(): TlsPin | undefined
}

export function createTlsKeeper({ source, first, wallMs, log }: TlsKeeperDeps): TlsKeeper {
  const listeners: ((material: TlsMaterial) => void)[] = []
  let current = first
  let problem: string | undefined
  let remindedAt: number | undefined
  let looking = Promise.resolve()

  function use(material: TlsMaterial): void {
    current = material
    remindedAt = undefined
    for (const listener of listeners) listener(material)
    log.info(factsOf(material), 'a new TLS certificate is in use')
  }

  async function lookOnce(): Promise<void> {
    try {
      const next = await source.next(current)
      if (problem !== undefined) log.info(factsOf(current), 'the TLS certificate can be read again')
      problem = undefined
      if (next) use(next)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== problem)
        log.error({ problem: message }, 'the TLS certificate cannot be replaced, and the one before is kept')
      problem = message
    }
    remind()
  }

  function remind(): void {
    const leftMs = current.notAfterMs - wallMs()
    const isTime = remindedAt === undefined || wallMs() - remindedAt >= REMIND_EVERY_MS
    if (leftMs > WARN_BEFORE_MS || !isTime) return
    remindedAt = wallMs()
    if (leftMs <= 0) log.error(factsOf(current), 'the TLS certificate has run out: clients refuse it')
    else log.warn(factsOf(current), 'the TLS certificate runs out in less than a week')
  }

  remind()
  return {
    get current() {
      return current
    },
    look() {
      looking = looking.then(lookOnce)
      return looking
    },
    onChange(listener) {
      listeners.push(listener)
    },
    report: () => ({
      mode: source.mode,
      fingerprint: current.fingerprint,
      keyFingerprint: current.keyFingerprint,
      selfSigned: current.isSelfSigned,
      notAfterMs: current.notAfterMs,
      ...(problem !== undefined && { problem }),
    }),
    pin: () => (current.isSelfSigned ? current.fingerprint : undefined),
  }
}

function factsOf({ fingerprint, notAfterMs }: TlsMaterial) {
  return { fingerprint, notAfter: new Date(notAfterMs).toISOString() }
}
