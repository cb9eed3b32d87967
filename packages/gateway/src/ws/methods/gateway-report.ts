import { type Clock, type Core, isSelfScoped, ok, type StoreReader } from '@pairgate/core'
import { coversScopes, EVERY_SESSION } from '@pairgate/protocol'
import type { GatewayIdentity, TlsReport } from '@pairgate/protocol/wire'
import type { Presence } from '../presence.ts'
import type { Handler } from './method-handlers.ts'

export interface GatewayReportDeps {
  readonly read: StoreReader
  readonly clock: Clock
  readonly version: string
  readonly startedAt: number
  readonly authMode: () => string
  readonly database: 'sqlite' | 'postgres'
  readonly connections: () => number
  /** Where clients of this machine connect to; known once the gateway listens. */
  readonly url: () => string | undefined
  /** `undefined` without TLS. */
  readonly tls: () => TlsReport | undefined
  readonly identity: () => GatewayIdentity
  readonly seenBy: Presence['seenBy']
  readonly codeGuessing: Core['codeGuessing']
}

export interface GatewayReport {
  readonly health: Handler<'health'>
  readonly status: Handler<'status'>
  readonly identity: Handler<'gateway.identity.get'>
  readonly presence: Handler<'system-presence'>
}

/**
 * What the gateway says of itself. A caller that manages only itself learns nothing of others, and one of
 * one session does not learn how many there are.
 */
export function createGatewayReport({
  read,
  clock,
  version,
  startedAt,
  authMode,
  database,
  connections,
  url,
  tls,
  identity,
  seenBy,
  codeGuessing,
}: GatewayReportDeps): GatewayReport {
  return {
    async health(_connection, { probe = false }) {
      const ts = clock.now()
      // Asked for often, and without the probe it is about this process alone: no database on its way.
      if (probe) await read.headSeq()
      return ok({ ok: true, ts, durationMs: clock.now() - ts })
    },
    async status({ principal, extended }) {
      const now = clock.now()
      const own = { runtimeVersion: version, startedAtMs: startedAt, uptimeMs: now - startedAt }
      const seesAll = !isSelfScoped(principal) && coversScopes(principal.scopes, ['operator.pairing'])
      if (!seesAll) return ok(own)
      const place = { url: url(), authMode: authMode(), database }
      // Counts speak of every session.
      if (principal.sessionId !== EVERY_SESSION) return ok({ ...own, ...place })
      const [devices, pending] = await Promise.all([read.countDevices(), read.countOpenRequests(now)])
      return ok({
        ...own,
        ...place,
        connections: connections(),
        pairedDevices: devices,
        pendingRequests: pending,
        ...withTls(tls()),
        ...(extended && { codeGuessing: codeGuessing() }),
      })
    },
    async identity() {
      return ok(identity())
    },
    async presence({ principal }) {
      return ok(seenBy(principal))
    },
  }
}

function withTls(report: TlsReport | undefined): { readonly tls?: TlsReport } {
  return report === undefined ? {} : { tls: report }
}
