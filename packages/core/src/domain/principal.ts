import type { DeviceId, Role, Scope, SessionId, TokenId } from '@pairgate/protocol'
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
export type Principal = OwnerPrincipal | SharedPrincipal | DevicePrincipal

/** How an actor is named in rows and events: `owner`, `shared-secret` or `device:<id>`. */
export function actorRef(principal: Principal): string {
  switch (principal.kind) {
    case 'owner':
      return 'owner'
    case 'shared':
      return 'shared-secret'
    case 'device':
      return `device:${principal.deviceId}`
  }
}

/** The principal as the event log names it. */
export function eventActor(principal: Principal): EventActor {
  const { connId, remoteIp, kind } = principal
  return { ref: actorRef(principal), via: kind === 'owner' ? 'owner-socket' : 'websocket', connId, remoteIp }
}

/** A device that is no admin manages only itself, also if it brought the shared secret (design section 6). */
export function isSelfScoped(principal: Principal): principal is DevicePrincipal {
  return principal.kind === 'device' && !principal.scopes.includes('operator.admin')
}
