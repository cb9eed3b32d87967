import type { DeviceId, Instant, SessionId } from '@pairgate/protocol'

/** The compartment that a token opens. Its id is never reused; its key is unique among the living. */
export interface Session {
  readonly id: SessionId
  readonly key: string
  readonly label: string | undefined
  readonly createdAt: Instant
  readonly createdBy: string
}

/**
 * The session that is made for a device. Without a key it gets a readable and unique one: two of one device are
 * told apart by their own id.
 */
export function newSessionFor(
  deviceId: DeviceId,
  made: {
    readonly id: SessionId
    readonly key: string | undefined
    readonly by: string
    readonly now: Instant
  },
): Session {
  const { id, by, now } = made
  const key = made.key ?? `device-${deviceId.slice(0, 8)}-${id.slice(0, 8)}`
  return { id, key, label: undefined, createdAt: now, createdBy: by }
}

/** A session with what a list shows of it. */
export interface SessionFacts {
  readonly session: Session
  /** Number and time of its newest message. */
  readonly lastSeq: number
  readonly lastAt: Instant | undefined
  /** Tokens that open it and were not revoked, run out or not. */
  readonly tokens: number
}
