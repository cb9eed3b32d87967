/** One side of what an event has changed. */
export interface AuditState {
  readonly name?: string
  /** Of a session. */
  readonly label?: string
  readonly roles?: readonly string[]
  readonly scopes?: readonly string[]
  /** Id of a session, or `*` for every session. */
  readonly session?: string
  readonly expiresAtMs?: number
  /** Of a recovery: the fault that it went on with. */
  readonly fault?: string
  /** Of a recovery: the number of that event. Of an erasure: the last event that it looked at. */
  readonly seq?: number
  /** Of an erasure: how many events, and those before which moment. */
  readonly count?: number
  readonly untilMs?: number
  /** Of a pruning: epoch and seal of the last event that went. */
  readonly epoch?: number
  readonly mac?: string
}

/** One event of the log. */
export interface AuditRow {
  readonly seq: number
  readonly at: number
  readonly epoch: number
  /** `owner`, `shared-secret` or `device:<id>`. */
  readonly actor: string
  /** `owner-socket`, `websocket`, or `host` for a command that works without the gateway. */
  readonly via?: string
  /** Absent for the owner's socket and direct loopback. */
  readonly address?: string
  readonly connection?: string
  readonly kind: string
  readonly deviceId?: string
  readonly role?: string
  readonly requestId?: string
  /** Of an event about a session. */
  readonly sessionId?: string
  readonly invitationId?: string
  /** Names a token; it is no secret. */
  readonly tokenId?: string
  readonly before?: AuditState
  readonly after?: AuditState
  /** Names, scopes and addresses of this event were erased. */
  readonly erased?: true
  readonly mac: string
}

export interface AuditHead {
  readonly epoch: number
  readonly seq: number
  readonly mac: string
}

/** Newest first. */
export interface AuditList {
  readonly events: readonly AuditRow[]
  readonly head: AuditHead
  /** Number of the first event that is there, 0 when there is none. */
  readonly first: number
}

/** What was erased, or with `preview` what would be. */
export interface AuditErasure {
  readonly events: number
  /** Where it may still be found; absent for a preview. */
  readonly traces?: 'none' | 'file' | 'server'
}

/** What was pruned, or with `preview` what would be. */
export interface AuditPruning {
  readonly events: number
  /** First and last number, 0 when there is nothing to prune. */
  readonly from: number
  readonly to: number
  /** Where it may still be found; absent for a preview. */
  readonly traces?: 'none' | 'file' | 'server'
}

/** What vouches for the part of the log that was pruned. */
export interface AuditCheckpoint extends AuditHead {
  /** The event that says so. */
  readonly event: number
  /** When the last pruned event was written. */
  readonly at: number
  /** How many events went with it. */
  readonly count: number
}

/** Equal things that strangers caused from one address within ten minutes. */
export interface FeedEntry {
  readonly kind: string
  readonly reason?: string
  /** IPv4 address, IPv6 /64 or /48, `loopback`, or `others` where there was no room for all of them. */
  readonly address: string
  /** The last of possibly several devices. */
  readonly deviceId?: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** The latest first. */
export interface AuditFeed {
  readonly entries: readonly FeedEntry[]
}

export interface AuditFault {
  readonly seq: number
  readonly fault: string
}

export type AuditVerdict =
  | {
      readonly ok: true
      readonly events: number
      readonly from: number
      readonly to: number
      readonly head: AuditHead
      /** Events whose details were erased. */
      readonly erased: number
      /** Events from before the log was sealed. */
      readonly unsealed: number
      /** Faults that a recovery went on with. */
      readonly accepted: readonly AuditFault[]
      /** Of a log that was pruned. */
      readonly checkpoint?: AuditCheckpoint
    }
  | ({ readonly ok: false; readonly what: string; readonly advice: string } & AuditFault)
