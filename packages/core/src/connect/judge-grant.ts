import { coversScopes, type Instant, meetScopes, type Scope } from '@pairgate/protocol'
import { hasForeignSecret } from '../domain/grant.ts'
import type { RequestWhy } from '../domain/pairing-request.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { Credential } from './judge-credential.ts'

export interface GrantQuestion {
  /** Whether the device was approved at all. */
  readonly known: boolean
  /** The device's token for the role that it asks for. */
  readonly token: Token | undefined
  readonly credential: Credential
  readonly asked: readonly Scope[]
  readonly now: Instant
  /** How long tokens may lie unused. */
  readonly idleMs: number | undefined
}

export type GrantAnswer =
  | { readonly kind: 'accept'; readonly token: Token; readonly scopes: readonly Scope[] }
  | { readonly kind: 'ask'; readonly why: RequestWhy }
  /** A token that asks for more than it has files no request (protocol fact 10). */
  | { readonly kind: 'scope-mismatch' }

/** Whether what was approved carries this connect. Never widens: what is accepted is held by the token. */
export function judgeGrant({ known, token, credential, asked, now, idleMs }: GrantQuestion): GrantAnswer {
  if (!known) return { kind: 'ask', why: 'not-paired' }
  const state = token && tokenState(token, now, idleMs)
  if (!token || state === 'revoked') return { kind: 'ask', why: 'role-upgrade' }
  if (state === 'expired') return { kind: 'ask', why: 'token-expired' }

  const fetching = fetchesSecret(token, credential)
  if (credential.kind === 'key-alone' && !fetching) return { kind: 'ask', why: 'token-lost' }
  // A device that fetches a secret cannot know yet that it was approved, or rotated, for less.
  if (fetching || coversScopes(token.scopes, asked))
    return { kind: 'accept', token, scopes: meetScopes(token.scopes, asked) }
  return credential.kind === 'device-token'
    ? { kind: 'scope-mismatch' }
    : { kind: 'ask', why: 'scope-upgrade' }
}

function fetchesSecret(token: Token, credential: Credential): boolean {
  if (token.presentedAt !== undefined) return false
  if (credential.kind === 'device-token') return credential.as === 'previous'
  // Where its secret comes from the key alone was never enough, so it is not here.
  if (hasForeignSecret(token)) return false
  // A device that always brings the shared secret never proves its own, so being told it is the end of fetching.
  return credential.kind === 'key-alone' || token.deliveredAt === undefined
}
