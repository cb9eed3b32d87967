import type { DeviceId, Instant } from '@pairgate/protocol'

/** What strangers cause. None of it is an event of the log: they could fill that. */
type FeedKind =
  | 'request-filed'
  | 'request-refreshed'
  | 'request-expired'
  /** Had to make room for another one. */
  | 'request-evicted'
  | 'connect-refused'
  | 'upgrade-refused'
  | 'locked-out'
  /** A wrong six-digit code. */
  | 'code-guessed'
  /** So many wrong codes came that a right one has to be confirmed. */
  | 'codes-demoted'

/** Something that happened now. Reasons are words of ours and never what a peer has sent: there are not many. */
export interface FeedNote {
  readonly kind: FeedKind
  readonly reason?: string
  /** Under which the peer is counted: IPv4 address, IPv6 /64, or `loopback`. */
  readonly prefix: string
  /** Only one that has proved its key. */
  readonly deviceId?: DeviceId | undefined
}

/** Equal things from one peer within a few minutes. */
export interface FeedRow {
  /** Number of the span of time in which they fall. */
  readonly span: number
  readonly kind: string
  readonly reason: string
  readonly prefix: string
  /** The last one of possibly several. */
  readonly deviceId: string | undefined
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

export function addRows(one: FeedRow, other: FeedRow): FeedRow {
  return {
    ...one,
    deviceId: other.deviceId ?? one.deviceId,
    count: one.count + other.count,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
  }
}

/** How long a span is: however long somebody knocks, he fills one row in so much time. */
const SPAN_MS = 600_000

export function newRow({ kind, reason = '', prefix, deviceId }: FeedNote, at: Instant): FeedRow {
  const span = Math.floor(at / SPAN_MS)
  return { span, kind, reason, prefix, deviceId, count: 1, firstAt: at, lastAt: at }
}
