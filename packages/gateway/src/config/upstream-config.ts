import type { Scope } from '@pairgate/protocol'

/** Where an app lies, and whom it is for. */
export interface AppConfig {
  /** Lower case; left out: any name of this gateway, on the port of the upstreams. */
  readonly host: string | undefined
  /** Segments of the path that it begins at, none for all of it; `undefined` stands for any one. */
  readonly segments: readonly (string | undefined)[]
  /** Host and path as one text: what was made for one of them is good for no other. */
  readonly route: string
  readonly auth: 'required' | 'optional' | 'public'
  readonly scope: Scope | 'none'
}

/** Something that the gateway stands in front of, and on which terms it lets requests through. */
export interface UpstreamConfig extends AppConfig {
  readonly target: UpstreamTarget
  readonly session: SessionPlace | undefined
  /** The upstream sees the path without the part that it was found by. */
  readonly stripPrefix: boolean
  readonly websocket: boolean
  /** Whatever its clients write as a path reaches it, without a look at what it may mean. */
  readonly rawPath: boolean
  readonly timeouts: UpstreamTimeouts
}

export interface UpstreamTarget {
  /** As it is written in the settings: it names the upstream in the log and in what is signed for it. */
  readonly name: string
  /** `http://host:port` or `https://host:port`; behind a Unix socket a name that nobody looks up. */
  readonly origin: string
  readonly socketPath: string | undefined
  /** How it proves who it is, where that is not by its name and the authorities of the system. */
  readonly tls: { readonly ca: string | undefined; readonly serverName: string | undefined } | undefined
}

/** Where a request names the session that it is about. */
export type SessionPlace =
  | { readonly kind: 'header'; readonly name: string }
  /** The segment of the path at this place. */
  | { readonly kind: 'segment'; readonly at: number }

export interface UpstreamTimeouts {
  readonly connectMs: number
  /** Until the head of the answer is there. */
  readonly responseMs: number
  /** Without a byte in either direction. */
  readonly idleMs: number
}
