/** What looks like a secret of ours, wherever it stands: tokens, invitations, tickets and cookies of apps. */
export const OUR_SECRET = /pg[acdit]_[A-Za-z0-9_-]{43}/

/**
 * Names of cookies that only we may say or read, behind any prefix that browsers know. A browser writes the
 * value of a cookie without a name as if it were one, so what stands behind a bare `=` counts too.
 */
const OUR_COOKIE = /^[\s=]*(?:__Host-|__Secure-|__Http-|__Host-Http-)?pairgate/i

/** Whether one pair of a `Cookie` header, or a whole `Set-Cookie` header, is about a cookie of ours. */
export function isOurCookie(text: string): boolean {
  return OUR_COOKIE.test(text)
}

/** The other cookies of such a header, or `undefined` when there are none. */
export function withoutOurCookies(header: string): string | undefined {
  const kept = header.split(';').filter((pair) => !isOurCookie(pair) && !OUR_SECRET.test(pair))
  return kept.length === 0 ? undefined : kept.join(';').trim()
}
