import type { Instant } from '@pairgate/protocol'
import type { NoneStage } from '../domain/leave-none.ts'

/** How the gateway lets strangers ask: what `gateway.auth.mode` says (design section 8). */
export type AuthMode = 'pairing' | 'token' | 'password' | 'none'

export interface SharedCredential {
  readonly token: string | undefined
  readonly password: string | undefined
}

/** What mode `none` lets in at this moment. */
export interface OpenDoor {
  readonly stage: Exclude<NoneStage, 'enforce'>
  /** Until when what it gives holds; `undefined`: nobody has set an end. */
  readonly endsAt: Instant | undefined
}

/** Each property is read when it is needed: settings change, and dates come. */
export interface AuthPolicy {
  /** `none` is `pairing` from the day on which it ends. */
  readonly mode: AuthMode
  /** How far mode `none` is on its way out; `undefined` where the settings name another mode. */
  readonly noneStage: NoneStage | undefined
  /** Only in mode `none`, until it ends. */
  readonly openDoor: OpenDoor | undefined
  /** Whether there is any shared secret that a guess could hit. */
  readonly hasSharedSecret: boolean
  /** A keyed mark of the shared secrets as they are now: another one means that they were changed. */
  readonly sharedMark: string
  /**
   * Which shared secret the credential is, compared in constant time; `undefined` when it is none, when
   * none is set, or when `gateway.auth.sharedSecret` is off.
   */
  matchesSharedSecret(credential: SharedCredential): 'token' | 'password' | undefined
}
