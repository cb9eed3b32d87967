import { coversScopes, parseScope, type Scope } from '@pairgate/protocol'
import { rereadActor } from '../access/reread-actor.ts'
import type { DeviceMetadata } from '../domain/device.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import type { DevicePrincipal, Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoreReader } from '../ports/store.ts'
import type { FileRequest } from './file-request.ts'

export interface UpgradeAsk {
  readonly scopes: readonly string[]
  /** What the device said of itself when it connected. */
  readonly metadata: DeviceMetadata
  /** Key under which limits count its peer. */
  readonly prefix: string
}

export interface RequestUpgradeDeps {
  readonly read: StoreReader
  readonly clock: Clock
  readonly fileRequest: FileRequest
}

/**
 * A connected device asks for wider scopes: a request like any other, which an operator decides. The
 * connection keeps what it has, whatever becomes of it.
 */
export function createRequestUpgrade(deps: RequestUpgradeDeps) {
  return async (principal: Principal, ask: UpgradeAsk): Promise<Result<OpenRequest>> => {
    if (principal.kind !== 'device') return refuse({ reason: 'upgrade-needs-device' })
    const scopes = readScopes(ask.scopes)
    if (!scopes) return refuse({ reason: 'upgrade-scope-unknown' })
    // A client that forgot some of its scopes would believe, after the approval, that it had lost them.
    if (!coversScopes(scopes, principal.scopes)) return refuse({ reason: 'upgrade-narrower' })
    return file(deps, principal, { ...ask, scopes })
  }
}

async function file(
  { read, clock, fileRequest }: RequestUpgradeDeps,
  principal: DevicePrincipal,
  { scopes, metadata, prefix }: UpgradeAsk & { readonly scopes: readonly Scope[] },
): Promise<Result<OpenRequest>> {
  const { deviceId, role, remoteIp } = principal
  const device = await read.findDevice(deviceId)
  if (!device) return refuse({ reason: 'actor-gone' })
  let gone = false
  const filed = await fileRequest({
    deviceId,
    publicKey: device.publicKey,
    role,
    scopes,
    metadata,
    remoteIp,
    prefix,
    why: 'scope-upgrade',
    // Under the lock, as every change: a device that was revoked a moment ago leaves no request behind.
    stillNeeded: async (tx) => {
      gone = !(await rereadActor(tx, principal, clock.now())).ok
      const token = gone ? undefined : await tx.findToken(deviceId, role)
      return token !== undefined && !coversScopes(token.scopes, scopes)
    },
  })
  if (!filed.ok) return filed
  if (filed.value) return ok(filed.value.request)
  return refuse({ reason: gone ? 'actor-gone' : 'upgrade-not-needed' })
}

/** Sorted, so that one set of scopes is shown in one way; `undefined` when one of the words is no scope. */
function readScopes(asked: readonly string[]): readonly Scope[] | undefined {
  const scopes = asked.map((text) => parseScope(text.trim()))
  const known = scopes.filter((scope) => scope !== undefined)
  return known.length === scopes.length ? [...new Set(known)].sort() : undefined
}
