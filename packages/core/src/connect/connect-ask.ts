import type { DeviceMetadata } from '../domain/device.ts'

/** What a device claims about its key, as it came over the wire. */
export interface DeviceClaim {
  readonly id: string
  readonly publicKey: string
  readonly signature: string
  /** Milliseconds since the epoch by the device's clock. */
  readonly signedAt: number
  readonly nonce: string
  /** Where it says that it dialled, and what its signature covers then; `undefined` in texts v3 and v2. */
  readonly origin?: string | undefined
}

/** The credentials of a connect. Empty strings count as absent. */
export interface ConnectAuth {
  readonly token: string | undefined
  readonly deviceToken: string | undefined
  readonly bootstrapToken: string | undefined
  readonly password: string | undefined
}

/** A connect, parsed: what a client asks for and what it brings. */
export interface ConnectAsk {
  readonly role: string
  /** As sent and in that order, because the signature covers them so. */
  readonly scopes: readonly string[]
  readonly clientId: string
  readonly clientMode: string
  readonly metadata: DeviceMetadata
  readonly device: DeviceClaim | undefined
  /** The client announced `pairgate-1`, and so may have signed text v4. */
  readonly extended: boolean
  readonly auth: ConnectAuth
}

/** What the gateway itself knows of the other end. */
export interface ConnectPeer {
  readonly connId: string
  /** Loopback peer, loopback Host, no forwarding header, no Origin. */
  readonly directLoopback: boolean
  /** This machine itself, pages that may connect included; somebody whom a trusted proxy names; or anybody else. */
  readonly reach: 'this-machine' | 'proxy' | 'elsewhere'
  /** Nobody on the way can read along: TLS as far as this gateway can tell, or a direct loopback. */
  readonly isPrivate: boolean
  /** Client address, absent for a direct loopback peer. */
  readonly remoteIp: string | undefined
  /** Key under which limits count this peer: IPv4 address, IPv6 /64, or the loopback as one. */
  readonly prefix: string
  /** The /48 around an IPv6 prefix. */
  readonly network: string | undefined
  /** Whether it may have dialled this gateway there. */
  readonly isOwnOrigin: (origin: string) => boolean
  /** Upgrade header `x-openclaw-scopes`: the session gets no scope outside of it. */
  readonly scopeCap: readonly string[] | undefined
}
