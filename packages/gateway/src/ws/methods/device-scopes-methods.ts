import { type Clock, type Core, ok, type Result, refuse, type Token } from '@pairgate/core'
import { leastScopes, type RequestId, seconds, type TokenId } from '@pairgate/protocol'
import type { UpgradeRegistration, UpgradeResult } from '@pairgate/protocol/wire'
import type { Connection } from '../connection.ts'
import type { DecisionWatches } from '../decision-watch.ts'
import type { Handler } from './method-handlers.ts'

export interface DeviceScopesMethodsDeps {
  readonly core: Core
  readonly clock: Clock
  readonly watches: DecisionWatches
  /** Says a device's current secret. */
  readonly secretOf: (tokenId: TokenId) => string
}

export interface DeviceScopesMethods {
  readonly requestUpgrade: Handler<'device.scopes.requestUpgrade'>
  readonly waitUpgrade: Handler<'device.scopes.waitUpgrade'>
}

/** As many as a device may have open requests, by default. */
const WAITS_PER_CONNECTION = 4
/** OpenClaw's clients take no longer list. */
const MOST_SCOPES = 8

/** `device.scopes.*`: a live device asks for more and waits for the answer. */
export function createDeviceScopesMethods(deps: DeviceScopesMethodsDeps): DeviceScopesMethods {
  const waits = new WeakMap<Connection, number>()

  return {
    async requestUpgrade({ principal, metadata, prefix }, { scopes }) {
      const filed = await deps.core.requestUpgrade(principal, { scopes, metadata, prefix })
      return filed.ok ? ok({ requestId: filed.value.id } satisfies UpgradeRegistration) : filed
    },
    async waitUpgrade(connection, { requestId }) {
      const count = waits.get(connection) ?? 0
      if (count >= WAITS_PER_CONNECTION)
        return refuse({ reason: 'too-many-requests', retryAfterMs: seconds(1) })
      waits.set(connection, count + 1)
      try {
        return await waitFor(deps, connection, requestId as RequestId)
      } finally {
        waits.set(connection, (waits.get(connection) ?? 1) - 1)
      }
    },
  }
}

/** Looks again at every word about the request and at its deadline, for as long as the connection is open. */
async function waitFor(
  { core, clock, watches, secretOf }: DeviceScopesMethodsDeps,
  connection: Connection,
  requestId: RequestId,
): Promise<Result<UpgradeResult>> {
  const watch = watches.open(requestId)
  const cancel = connection.whenOver(watch.wake)
  try {
    while (connection.isOpen) {
      const found = await core.findUpgrade(connection.principal, requestId)
      if (!found.ok) return found
      const fate = found.value
      if (fate.status === 'approved') return ok(approved(requestId, fate.token, secretOf))
      if (fate.status !== 'open') return ok({ status: fate.status, requestId })
      // A timer may fire a moment early by the clock, and then the next wait is a short one.
      await watch.changed(Math.max(1, fate.until - clock.now()))
    }
    return refuse({ reason: 'gateway-busy' })
  } finally {
    cancel()
    watch.close()
  }
}

function approved(
  requestId: string,
  { tokenId, scopes }: Token,
  secretOf: DeviceScopesMethodsDeps['secretOf'],
): UpgradeResult {
  const told = scopes.length > MOST_SCOPES ? leastScopes(scopes) : scopes
  return { status: 'approved', requestId, deviceToken: secretOf(tokenId), scopes: told }
}
