import type {
  Clock,
  EventHead,
  EventSeal,
  LiveConnections,
  Store,
  StoredCounter,
  WrongTries,
} from '@pairgate/core'
import type { Bind } from './config/bind-address.ts'
import type { LiveConfig } from './config/live-config.ts'
import type { Observer } from './observe/observer.ts'
import type { PageFile } from './pages/read-pages.ts'
import type { Log } from './platform/log.ts'
import type { UpstreamParts } from './proxy/build-upstreams.ts'
import type { WorkGates } from './proxy/work-gates.ts'
import type { EventHeadFile } from './state/event-head.ts'
import type { ClaimKeeper } from './state/keep-claim.ts'
import type { TlsKeeper } from './tls/tls-keeper.ts'
import type { ConnectionRegistry } from './ws/connection-registry.ts'
import type { DecisionWatches } from './ws/decision-watch.ts'
import type { Presence } from './ws/presence.ts'

/** What a gateway is built of: all that had to be read or opened first. */
export interface GatewayParts {
  /** Parts read `settings.config` when they need it, because some of it changes under them. */
  readonly settings: LiveConfig
  /** The addresses that it will listen on. */
  readonly bind: Bind
  readonly store: Store
  readonly clock: Clock
  readonly tokenKey: Uint8Array
  readonly localKey: Uint8Array
  /** Head of the event log at the start. */
  readonly head: EventHead
  readonly seal: EventSeal
  readonly heads: EventHeadFile
  /** Counters of guesses from before the start. */
  readonly counters: readonly StoredCounter[]
  /** The certificate that the gateway shows, if it speaks TLS. */
  readonly tls: TlsKeeper | undefined
  /** Wrong six-digit codes from before the start. */
  readonly wrongTries: WrongTries | undefined
  readonly claim: ClaimKeeper
  readonly log: Log
  /** Only where an SDK for traces is loaded. */
  readonly traces: Observer | undefined
  /** Only where something is behind the gateway. */
  readonly upstreams: UpstreamParts | undefined
  /** What browsers load; absent where nothing was built. */
  readonly pages: readonly PageFile[] | 'off' | undefined
}

/** The connections of this instance, and what is kept of them. */
export interface Live {
  readonly registry: ConnectionRegistry
  readonly watches: DecisionWatches
  readonly presence: Presence
  /** What is being done over HTTP. */
  readonly work: WorkGates
  /** Registry, watches and work together, as the rules see them. */
  readonly told: LiveConnections
}
