import {
  EVERY_SESSION,
  type Instant,
  meetScopes,
  parseScope,
  type RequestId,
  type Role,
  type Scope,
  type TokenSecret,
} from '@pairgate/protocol'
import type { DevicePrincipal, Principal, SharedPrincipal } from '../domain/principal.ts'
import type { Token } from '../domain/token.ts'
import type { OpenDoor } from '../ports/auth-policy.ts'
import type { ConnectPeer } from './connect-ask.ts'
import type { Credential } from './judge-credential.ts'

/** How a session was let in, in the words of `hello-ok`. */
export type AdmissionMethod = 'none' | 'token' | 'password' | 'device-token' | 'bootstrap-token' | 'owner'

/** A token, and the secret that a hello is about to tell. */
export interface IssuedToken {
  readonly record: Token
  readonly secret: TokenSecret
  readonly issuedAt: Instant
  /** The device signed the gateway's origin along for the first time, which has to be written down. */
  readonly firstOrigin: boolean
}

/** A connect that was accepted; it counts only after the second look. */
export interface Admission {
  readonly principal: Principal
  readonly method: AdmissionMethod
  /** The device's own token, to be told in the hello; absent without a device. */
  readonly token: IssuedToken | undefined
  /** Tokens of other roles, which an invitation gave to the device with this one. */
  readonly others?: readonly IssuedToken[]
  /** A first time that has to be written down: the device proved its secret, or is about to be told it. */
  readonly first: 'proof' | 'delivery' | undefined
  /** How mode `none` let it in, which no key and no secret has done. */
  readonly door?: Door | undefined
}

export interface Door extends OpenDoor {
  readonly requestId?: RequestId | undefined
  /** Scopes that it asked for; it has fewer, if any. */
  readonly asked: readonly Scope[]
}

/** The words of an ask that are scopes at all; an unknown word is never shown and never granted. */
export function knownScopes(asked: readonly string[]): readonly Scope[] {
  return asked.map((text) => parseScope(text.trim())).filter((scope) => scope !== undefined)
}

/** Takes away what the upgrade header does not name (protocol fact 7); it can only narrow. */
export function capScopes(scopes: readonly Scope[], peer: Pick<ConnectPeer, 'scopeCap'>): readonly Scope[] {
  return peer.scopeCap === undefined ? scopes : meetScopes(knownScopes(peer.scopeCap), scopes)
}

export function sharedPrincipal(peer: ConnectPeer, role: Role, scopes: readonly Scope[]): SharedPrincipal {
  const { connId, remoteIp } = peer
  return {
    kind: 'shared',
    role,
    scopes: capScopes([...new Set(scopes)], peer),
    sessionId: EVERY_SESSION,
    remoteIp,
    connId,
  }
}

export function devicePrincipal(
  peer: ConnectPeer,
  token: Token,
  scopes: readonly Scope[],
  credential: Credential,
): DevicePrincipal {
  return {
    kind: 'device',
    deviceId: token.deviceId,
    tokenId: token.tokenId,
    role: token.role,
    scopes: capScopes(scopes, peer),
    sessionId: token.sessionId,
    remoteIp: peer.remoteIp,
    connId: peer.connId,
    byDeviceToken: credential.kind !== 'shared',
  }
}
