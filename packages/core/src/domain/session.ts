import type { Instant, SessionId } from '@pairgate/protocol'

/** The compartment that a token opens. Its id is never reused; its key is unique among the living. */
export interface Session {
  readonly id: SessionId
  readonly key: string
  readonly label: string | undefined
  readonly createdAt: Instant
  readonly createdBy: string
}
