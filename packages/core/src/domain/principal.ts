import type { DeviceId, Instant, Role, Scope, SessionId, TokenId } from '@pairgate/protocol'
import type { EventActor } from './gateway-event.ts'

interface PrincipalFacts {
  readonly role: Role
  /** Effective scopes of this connection: grant ∩ token ∩ what it asked for. */
  readonly scopes: readonly Scope[]
  readonly sessionId: SessionId
  /** Address of the peer, for the audit; absent for the owner's socket and direct loopback. */
  readonly remoteIp: string | undefined
  readonly connId: string
}

/** Came over the owner's Unix socket and proved `secrets/local.key`. */
export interface OwnerPrincipal extends PrincipalFacts {
  readonly kind: 'owner'
}
/** Brought the shared secret (or came in mode `none`) and no device: the owner narrowed by its scopes. */
export interface SharedPrincipal extends PrincipalFacts {
  readonly kind: 'shared'
}
/** Acts as a device, whatever else it brought. */
export interface DevicePrincipal extends PrincipalFacts {
  readonly kind: 'device'
  readonly deviceId: DeviceId
  readonly tokenId: TokenId
  /** Proved the device token itself, so a new secret may be told to it in-band. */
  readonly byDeviceToken: boolean
}
/** Was let in without a pairing, on the way out of mode `none`. */
export interface UnpairedPrincipal extends PrincipalFacts {
  readonly kind: 'unpaired'
  /** The key that it proved, or `NO_DEVICE`. */
  readonly deviceId: DeviceId
  readonly endsAt: Instant
}
export type Principal = OwnerPrincipal | SharedPrincipal | DevicePrincipal | UnpairedPrincipal

/** Stands for a device where there is none; no key has this id. */
export const NO_DEVICE = '' as DeviceId

type NamedActor =
  | Pick<OwnerPrincipal | SharedPrincipal, 'kind'>
  | Pick<DevicePrincipal | UnpairedPrincipal, 'kind' | 'deviceId'>

/** How an actor is named in rows and events: `owner`, `shared-secret`, `device:<id>`, `unpaired:<id>` or `unpaired`. */
export function actorRef(principal: NamedActor): string {
  switch (principal.kind) {
    case 'owner':
      return 'owner'
    case 'shared':
      return 'shared-secret'
    case 'device':
      return `device:${principal.deviceId}`
    case 'unpaired':
      return principal.deviceId === NO_DEVICE ? 'unpaired' : `unpaired:${principal.deviceId}`
  }
}

/** The principal as the event log names it. */
export function eventActor(principal: NamedActor & Pick<Principal, 'connId' | 'remoteIp'>): EventActor {
  const { connId, remoteIp, kind } = principal
  return { ref: actorRef(principal), via: kind === 'owner' ? 'owner-socket' : 'websocket', connId, remoteIp }
}

/** A device that is no admin manages only itself, also if it brought the shared secret (design section 6). */
export function isSelfScoped(principal: Principal): principal is DevicePrincipal | UnpairedPrincipal {
  if (principal.kind === 'unpaired') return true
  return principal.kind === 'device' && !principal.scopes.includes('operator.admin')
}
