import type { IncomingMessage } from 'node:http'

/** What a request brings in its `Authorization` header. */
export interface HttpCredential {
  readonly scheme: 'bearer' | 'dpop'
  readonly token: string
}

const AUTHORIZATION = 'authorization'
const CREDENTIAL = /^(bearer|dpop) +([A-Za-z0-9._~+/=-]{1,4096})$/i

/**
 * Reads the one `Authorization` header. Node keeps the first of several, and another program on the way may
 * have judged the last, so several are as good as none that can be read.
 */
export function readCredential({
  headers,
  rawHeaders,
}: IncomingMessage): HttpCredential | 'none' | 'unclear' {
  const { authorization } = headers
  if (authorization === undefined) return 'none'
  const [, scheme, token] = CREDENTIAL.exec(authorization) ?? []
  if (scheme === undefined || token === undefined || countNamed(rawHeaders, AUTHORIZATION) > 1)
    return 'unclear'
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token }
}

function countNamed(rawHeaders: readonly string[], wanted: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === wanted.length && name.toLowerCase() === wanted) count += 1
  }
  return count
}
