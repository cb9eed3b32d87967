import type { InvitationSecret } from '@pairgate/protocol'
import type { Problem } from './problem.ts'

/** How this browser tries to get in. `return`: it was in before. */
export type Way = 'code' | 'link' | 'ask' | 'return'

export interface Waiting {
  readonly kind: 'waiting'
  readonly way: Way
  readonly requestId: string
  /** Six words that both sides compare. */
  readonly fingerprint: string
  /** By this clock. */
  readonly endsAt: number
  /** Asks for more than it has, for its token again, or for the first time. */
  readonly reason: string
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
  | { readonly kind: 'connecting'; readonly way: Way; readonly isAway: boolean }
  | Waiting
  | { readonly kind: 'paired'; readonly grant: Grant }
  /** Nothing on this page can help. */
  | { readonly kind: 'stopped'; readonly problem: Problem }
