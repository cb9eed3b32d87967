import { type InvitationSecret, parseInvitationSecret } from './invitation-secret.ts'
import { parseJoinLink } from './join-link.ts'
import { type PairCode, parsePairCode } from './pair-code.ts'
import { type PairLink, parsePairLink } from './pair-link.ts'
import { parseSetupCode, type SetupPayload } from './setup-code.ts'

/** What somebody was given to get a device in, in any of its forms. */
export type InvitationText =
  | { readonly kind: 'code'; readonly code: PairCode }
  | { readonly kind: 'secret'; readonly secret: InvitationSecret }
  | ({ readonly kind: 'link' } & PairLink)
  | { readonly kind: 'setup-code'; readonly payload: SetupPayload }
  | { readonly kind: 'join-link'; readonly href: string }

/** @returns `undefined` for a text that is none of them. */
export function readInvitationText(typed: string): InvitationText | undefined {
  const text = typed.trim()
  const code = parsePairCode(text)
  if (code) return { kind: 'code', code }
  const secret = parseInvitationSecret(text)
  if (secret) return { kind: 'secret', secret }
  const link = parsePairLink(text)
  if (link) return { kind: 'link', ...link }
  const href = parseJoinLink(text)
  if (href !== undefined) return { kind: 'join-link', href }
  const payload = parseSetupCode(text)
  return payload && { kind: 'setup-code', payload }
}
