/** Nobody needs to read it (RFC 9112, section 4), and what is no plain text cannot be written. */
const PLAIN = /^[\t -~]{0,128}$/

/** What an upstream says beside its status, or nothing. */
export function reasonPhrase(text: string | undefined): string {
  return text !== undefined && PLAIN.test(text) ? text : ''
}
