import type { Brand } from './ids.ts'
import { formatSecret, looksLikeSecret } from './secret-look.ts'

/** The secret of an invitation, as a link or a QR code carries it: good for one device, for minutes. */
export type InvitationSecret = Brand<string, 'InvitationSecret'>

const PREFIX = 'pgi_'

/** @param bits 256 random bits; unlike a device token's they are not derived, so they are told once. */
export function formatInvitationSecret(bits: Uint8Array): InvitationSecret {
  return formatSecret(PREFIX, bits) as InvitationSecret
}

/** @returns the secret, or `undefined` when prefix, length or checksum are wrong. */
export function parseInvitationSecret(text: string): InvitationSecret | undefined {
  return looksLikeSecret(PREFIX, text) ? (text as InvitationSecret) : undefined
}
