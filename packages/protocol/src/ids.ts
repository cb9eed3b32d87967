declare const brand: unique symbol

/** A string or number that only one parser can make, so that two kinds of id cannot be mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Lower-case hex SHA-256 of the raw 32-byte Ed25519 public key (protocol fact 6). */
export type DeviceId = Brand<string, 'DeviceId'>
/** Random 128 bits, base64url; drawn anew with every new token secret. */
export type TokenId = Brand<string, 'TokenId'>
/** UUID of a pairing request; what was shown under it never changes. */
export type RequestId = Brand<string, 'RequestId'>
/** UUID of an invitation; it opens nothing and may be shown. */
export type InvitationId = Brand<string, 'InvitationId'>
/** Random id of a session, never reused; `*` stands for every session. */
export type SessionId = Brand<string, 'SessionId'>
/** Lower-case hex SHA-256 of a token secret: all that is stored of it. */
export type TokenHash = Brand<string, 'TokenHash'>
/** Milliseconds since the Unix epoch, UTC. */
export type Instant = Brand<number, 'Instant'>

/** The session that stands for all of them; only tokens with `operator.admin` may hold it. */
export const EVERY_SESSION = '*' as SessionId

/** @returns the id, or `undefined` when the text is not 64 lower-case hex digits. */
export function parseDeviceId(text: string): DeviceId | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? (text as DeviceId) : undefined
}
