import type { InvitationSecret } from '@pairgate/protocol'
import type { Problem } from './problem.ts'

/** How this browser tries to get in. `return`: it was in before. `upgrade`: it is in, and an app needs more. */
export type Way = 'code' | 'link' | 'ask' | 'return' | 'upgrade'

export interface Waiting {
  readonly kind: 'waiting'
  readonly way: Way
  readonly requestId: string
  /** Six words that both sides compare. */
  readonly fingerprint: string
  /** By this clock. */
  readonly endsAt: number
  /** Its time has run out, and it asks for more. */
  readonly isRenewal: boolean
  /** The gateway has not answered the last time; it is asked again by itself. */
  readonly isAway: boolean
}

export interface Grant {
  readonly scopes: readonly string[]
  readonly session: string | undefined
  readonly expiresAtMs: number | undefined
}

export type PairState =
  | { readonly kind: 'starting' }
  /** A person has to choose a way. */
  | { readonly kind: 'choose'; readonly problem: Problem | undefined }
  /** A link was opened, and a person has to say that this is meant. */
  | { readonly kind: 'invited'; readonly secret: InvitationSecret; readonly isPaired: boolean }
  | { readonly kind: 'connecting'; readonly way: Exclude<Way, 'upgrade'>; readonly isAway: boolean }
  | Waiting
  /** With a problem if an app was to be entered and could not be. */
  | { readonly kind: 'paired'; readonly grant: Grant; readonly problem: Problem | undefined }
  /** The app needs a scope that this browser does not hold. */
  | { readonly kind: 'scope-missing'; readonly scope: string; readonly problem: Problem | undefined }
  /** The browser goes on to the app. */
  | { readonly kind: 'leaving' }
  /** Nothing on this page can help. */
  | { readonly kind: 'stopped'; readonly problem: Problem }
