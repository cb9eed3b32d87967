import { CLOSES } from '@pairgate/protocol/wire'
import type { OnConfigChange } from '../config/live-config.ts'
import type { SharedSecretsOf } from './auth-policy.ts'
import type { ConnectionRegistry } from './connection-registry.ts'

export interface CloseOutdatedDeps {
  readonly registry: ConnectionRegistry
  readonly sharedSecretsOf: SharedSecretsOf
}

/**
 * Closes whoever came in by a shared secret that is another one now, or from a web origin that is no longer
 * listed (T26). Device tokens are not touched: they never depended on either.
 */
export function createCloseOutdated({ registry, sharedSecretsOf }: CloseOutdatedDeps): OnConfigChange {
  return (before, after, causedBy) => {
    const [old, now] = [sharedSecretsOf(before.auth), sharedSecretsOf(after.auth)]
    const listed = new Set(after.controlUi.allowedOrigins)
    const unlisted = new Set(before.controlUi.allowedOrigins.filter((origin) => !listed.has(origin)))
    registry.closeWhere(
      ({ method, origin }) => {
        if (origin !== undefined && unlisted.has(origin)) return true
        return (method === 'token' || method === 'password') && old[method] !== now[method]
      },
      CLOSES['auth-changed'],
      causedBy,
    )
  }
}
