import type { LeaveNone } from '@pairgate/core'
import type { LogLevel } from '../platform/log.ts'
import type { AppConfig, UpstreamConfig } from './upstream-config.ts'

/** What the gateway reads: complete and frozen, nothing to default later. */
export interface GatewayConfig {
  readonly mode: 'local' | 'remote'
  /** 0 takes any free port. */
  readonly port: number
  readonly bind: BindMode
  readonly customBindHost: string | undefined
  readonly allowPlaintext: boolean
  readonly auth: AuthConfig
  /** Without it the gateway speaks plaintext. */
  readonly tls: TlsConfig | undefined
  /** IP addresses and ranges. */
  readonly trustedProxies: readonly string[]
  readonly controlUi: { readonly enabled: boolean; readonly allowedOrigins: readonly string[] }
  readonly allowedHosts: readonly string[]
  readonly pairing: PairingConfig
  readonly sessions: { readonly keepMessages: number }
  readonly database: DatabaseConfig
  readonly feed: FeedConfig
  readonly limits: LimitsConfig
  readonly upstreams: UpstreamsConfig
  /** Without one the log keeps the level that it was made with. */
  readonly logging: { readonly level: LogLevel | undefined }
}

export type BindMode = 'loopback' | 'lan' | 'tailnet' | 'auto' | 'custom'
export type AuthMode = 'pairing' | 'token' | 'password' | 'none'

export interface AuthConfig {
  readonly mode: AuthMode
  readonly token: string | undefined
  readonly password: string | undefined
  readonly sharedSecret: 'on' | 'off'
  /** When mode `none` ends, and what comes before; `undefined`: never. */
  readonly leaveNone: LeaveNone | undefined
}

/** `auto` is a certificate of the gateway's own. */
export type TlsConfig = TlsFiles | 'auto'

/** Absolute paths of PEM files. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface PairingConfig {
  readonly approveLatest: 'strict' | 'documented'
  /** `own`, or the key of a session. */
  readonly defaultSession: string
  readonly tokenTtlMs: number | undefined
  readonly idleTtlMs: number | undefined
  /** Of the proxy or tunnel through which devices come. */
  readonly publicUrl: string | undefined
}

export interface DatabaseConfig {
  /** Of a PostgreSQL database, with its password; without one the database is a file in the state directory. */
  readonly url: string | undefined
}

export interface FeedConfig {
  readonly keepDays: number
  readonly maxRows: number
}

export interface UpstreamsConfig {
  /** Of those without a host of their own; 0 takes any free port. */
  readonly port: number
  /** Cookies also where everybody on the way reads them. */
  readonly plainCookies: boolean
  readonly all: readonly UpstreamConfig[]
  /** Apps to which another proxy passes requests on, after it has asked here. */
  readonly forwardAuth: readonly AppConfig[]
}

export interface LimitsConfig {
  readonly unauthenticatedPerPeer: number
  readonly unauthenticatedInAll: number
  readonly handshakeMs: number
  readonly pendingPerDevice: number
  readonly pendingPerPeer: number
  readonly pendingInAll: number
  readonly failuresPerPeer: number
  readonly failuresInAll: number
  readonly failureWindowMs: number
  readonly lockoutMs: number
  readonly requestsPerSecond: number
}

/** Where the CLI finds its gateway, and what it may show it. */
export interface RemoteConfig {
  readonly mode: 'local' | 'remote'
  /** Set when the gateway is not simply the one of this machine. */
  readonly url: string | undefined
  readonly urlSource:
    | 'cli --url'
    | 'env OPENCLAW_GATEWAY_URL'
    | 'config gateway.remote.url'
    | 'local loopback'
  readonly token: string | undefined
  readonly password: string | undefined
  /** Of the gateway of the config, as it was written. */
  readonly tlsFingerprint: string | undefined
  /** Port of the gateway of this machine. */
  readonly port: number
  /** How the gateway of this machine speaks TLS. */
  readonly tls: TlsConfig | undefined
}
