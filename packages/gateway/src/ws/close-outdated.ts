import { isDeepStrictEqual } from 'node:util'
import { CLOSES } from '@pairgate/protocol/wire'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { OnConfigChange } from '../config/live-config.ts'
import type { SharedSecretsOf } from './auth-policy.ts'
import type { ConnectionRegistry } from './connection-registry.ts'

export interface CloseOutdatedDeps {
  readonly registry: ConnectionRegistry
  readonly sharedSecretsOf: SharedSecretsOf
}

/**
 * Closes whoever came in by a shared secret that is another one now, and every page that is not listed by
 * its origin once an origin or a host was taken off (T26), and whoever mode `none` let in by other dates:
 * one that is still welcome comes in again. Devices with their token, and no page, are not touched: they
 * never depended on either.
 */
export function createCloseOutdated({ registry, sharedSecretsOf }: CloseOutdatedDeps): OnConfigChange {
  return (before, after, causedBy) => {
    const isOtherDoor = !isDeepStrictEqual(doorOf(before), doorOf(after))
    const [old, now] = [sharedSecretsOf(before.auth), sharedSecretsOf(after.auth)]
    const listed = new Set(after.controlUi.allowedOrigins)
    // What was taken off either list may have carried a page that came in by the name of its host.
    const isNarrower =
      lacks(listed, before.controlUi.allowedOrigins) ||
      lacks(new Set(after.allowedHosts), before.allowedHosts)
    registry.closeWhere(
      ({ method, origin }) => {
        if (isOtherDoor && method === 'none') return true
        if (isNarrower && origin !== undefined && !listed.has(origin)) return true
        return (method === 'token' || method === 'password') && old[method] !== now[method]
      },
      CLOSES['auth-changed'],
      causedBy,
    )
  }
}

/** What says whom mode `none` lets in, and until when. */
function doorOf({ auth, trustedProxies }: GatewayConfig) {
  return [auth.leaveNone, trustedProxies]
}

function lacks(now: ReadonlySet<string>, before: readonly string[]): boolean {
  return before.some((each) => !now.has(each))
}
