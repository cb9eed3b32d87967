import type { Brand } from './ids.ts'
import { formatSecret, looksLikeSecret } from './secret-look.ts'

/** What a browser shows once, within seconds, at the origin of an app to get its cookie there. */
export type AppTicketSecret = Brand<string, 'AppTicketSecret'>

/** What a browser shows at one app as a cookie. */
export type AppCookieSecret = Brand<string, 'AppCookieSecret'>

const TICKET = 'pgt_'
const COOKIE = 'pgc_'

/** @param bits 256 random bits; they are told once, and only their hash is kept. */
export function formatAppTicket(bits: Uint8Array): AppTicketSecret {
  return formatSecret(TICKET, bits) as AppTicketSecret
}

/** @returns the secret, or `undefined` when prefix, length or checksum are wrong. */
export function parseAppTicket(text: string): AppTicketSecret | undefined {
  return looksLikeSecret(TICKET, text) ? (text as AppTicketSecret) : undefined
}

/** @param bits 256 random bits, of which only the hash is kept here. */
export function formatAppCookie(bits: Uint8Array): AppCookieSecret {
  return formatSecret(COOKIE, bits) as AppCookieSecret
}

/** @returns the secret, or `undefined` when prefix, length or checksum are wrong. */
export function parseAppCookie(text: string): AppCookieSecret | undefined {
  return looksLikeSecret(COOKIE, text) ? (text as AppCookieSecret) : undefined
}
