import type { IncomingMessage } from 'node:http'
import { createRecentlyUsed } from '../platform/recently-used.ts'
import { OUR_SECRET } from './our-secrets.ts'
import { readCookie } from './read-cookie.ts'

/** What a request shows to be let in. */
export interface HttpCredential {
  readonly scheme: 'bearer' | 'dpop' | 'cookie'
  readonly token: string
}

/** `foreign`: an `Authorization` header that is nothing of ours. `unclear`: one that cannot be read, or several. */
export type ReadCredential = HttpCredential | 'none' | 'foreign' | 'unclear'

const AUTHORIZATION = 'authorization'
const CREDENTIAL = /^(bearer|dpop) +([A-Za-z0-9._~+/=-]{1,4096})$/i

/**
 * Reads the one `Authorization` header, and where that says nothing of ours the cookie. Node keeps the first of
 * several, and another program on the way may have judged the last, so several are as good as none that can be
 * read.
 * @param cookieName of the app that is asked for; left out, cookies open nothing.
 */
export function readCredential(request: IncomingMessage, cookieName?: string | undefined): ReadCredential {
  const { authorization, cookie } = request.headers
  if (authorization !== undefined) {
    const values = valuesOf(request.rawHeaders, AUTHORIZATION)
    const known = values.length === 1 && knownOf(values[0] ?? '')
    if (known) return known
    if (values.some(isOurs)) return readAuthorization(values)
  }
  const token = cookieName === undefined ? 'absent' : readCookie(cookie, cookieName)
  if (token !== 'absent') return { scheme: 'cookie', token }
  return authorization === undefined ? 'none' : 'foreign'
}

function readAuthorization(values: readonly string[]): HttpCredential | 'unclear' {
  const [only = '', ...others] = values
  const [, scheme, token] = CREDENTIAL.exec(only) ?? []
  if (scheme === undefined || token === undefined || others.length > 0) return 'unclear'
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token }
}

/** Whoever has an access token shows it with every request, and to read it takes longer than to find it. */
const REMEMBERED = 1_024
/** Nothing else is remembered: neither what is good for longer than an hour, nor the passwords of apps. */
const ACCESS_TOKEN = 'Bearer pga_'
const ACCESS_TOKEN_LETTERS = ACCESS_TOKEN.length + 50
const recent = createRecentlyUsed(REMEMBERED, (authorization) => readAuthorization([authorization]))

function knownOf(authorization: string): ReadCredential | undefined {
  const isOne = authorization.length === ACCESS_TOKEN_LETTERS && authorization.startsWith(ACCESS_TOKEN)
  return isOne ? recent(authorization) : undefined
}

/** Apps have passwords and tokens of their own, which their browsers send along. */
function isOurs(authorization: string): boolean {
  return OUR_SECRET.test(authorization) || /^\s*dpop\b/i.test(authorization)
}

function valuesOf(rawHeaders: readonly string[], wanted: string): readonly string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === wanted.length && name.toLowerCase() === wanted) values.push(rawHeaders[at + 1] ?? '')
  }
  return values
}
