import type { PresenceRow } from './gateway-rows.ts'

/** How a session was let in, as `auth.method` tells it (protocol fact 11). */
export type AuthMethod = 'none' | 'token' | 'password' | 'device-token' | 'bootstrap-token' | 'owner'

/** The payload of the response to `connect` (protocol fact 11). */
export interface HelloOk {
  readonly type: 'hello-ok'
  readonly protocol: number
  readonly server: { readonly version: string; readonly connId: string; readonly bootId: string }
  readonly features: {
    readonly methods: readonly string[]
    readonly events: readonly string[]
    readonly capabilities?: readonly string[]
  }
  readonly snapshot: {
    /** The gateway and the caller; all others by `system-presence` and `presence`. */
    readonly presence: readonly PresenceRow[]
    readonly health: { readonly ok: true; readonly ts: number; readonly durationMs: number }
    readonly stateVersion: { readonly presence: number; readonly health: number }
    readonly uptimeMs: number
    readonly sessionDefaults: {
      readonly defaultAgentId: string
      readonly mainKey: string
      readonly mainSessionKey: string
      readonly scope: string
    }
  }
  readonly auth: HelloAuth
  readonly policy: {
    readonly maxPayload: number
    readonly maxBufferedBytes: number
    readonly tickIntervalMs: number
  }
}

/** A token beside the one of the connection's role. */
export interface ExtraToken {
  readonly deviceToken: string
  readonly role: string
  readonly scopes: readonly string[]
  readonly issuedAtMs?: number
}

export interface HelloAuth {
  readonly role: string
  /** Scopes of this live session, not those of the token. */
  readonly scopes: readonly string[]
  /** The device's token; on every connect of a paired device. */
  readonly deviceToken?: string
  readonly issuedAtMs?: number
  /** Tokens of the other roles that an invitation gave, when one was redeemed with this very connect. */
  readonly deviceTokens?: readonly ExtraToken[]
  /** Only for clients that announced `pairgate-1`. */
  readonly method?: AuthMethod
  /** Only for clients that announced `pairgate-1`: all scopes of the token. */
  readonly tokenScopes?: readonly string[]
  /** Only for clients that announced `pairgate-1`: readable key of the token's session, or `*`. */
  readonly session?: string
  /** Only for clients that announced `pairgate-1`. */
  readonly expiresAtMs?: number
  /** Only for clients that announced `pairgate-1`, and that were let in without a pairing. */
  readonly unpaired?: UnpairedNote
}

/** What a client is told that is let in only until a day. */
export interface UnpairedNote {
  readonly stage: 'observe' | 'warn'
  /** From then on only paired devices get in. */
  readonly endsAtMs: number
  /** The request that waits for an operator; absent for a client without a device, which cannot be paired. */
  readonly requestId?: string
}
