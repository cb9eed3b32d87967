const REDACTED = '[redacted]'

/** Names whose values are secrets, however the name is written: `deviceToken`, `device_token`, `X-Api-Token`. */
const SECRET_NAME = /(token|secret|password|passwd|authorization|cookie|proof|signature|privatekey|apikey)$/
/** Names that end like a secret but are not one. */
const HARMLESS: ReadonlySet<string> = new Set(['sharedsecret'])
const DEPTH = 6
const LIST = 100

/** Our secrets carry a prefix, so that they can be recognised anywhere in a text. */
const OUR_SECRETS = /\bpg[acdit]_[A-Za-z0-9_-]{16,}/g
const SECRET_IN_QUERY = /([?&](?:access_?token|token|password)=)[^&\s"\\]+/gi
/** `scheme://user:password@`, as in the address of a database. */
const SECRET_IN_ADDRESS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"\\]{0,200}:)[^\s/@"\\]+@/gi
const BEARER = /\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi

/** A copy of log fields in which the values of secret names are masked. Errors are left to the log itself. */
export function scrubValue(value: unknown, depth = DEPTH): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  if (depth === 0) return '[deeper]'
  if (Array.isArray(value)) return value.slice(0, LIST).map((item) => scrubValue(item, depth - 1))
  if ('toJSON' in value && typeof value.toJSON === 'function') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [
      name,
      isSecret(name, held) ? REDACTED : scrubValue(held, depth - 1),
    ]),
  )
}

/** Masks what looks like a secret inside a text. */
export function scrubText(text: string): string {
  return text
    .replace(OUR_SECRETS, REDACTED)
    .replace(SECRET_IN_ADDRESS, `$1${REDACTED}@`)
    .replace(SECRET_IN_QUERY, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
}

function isSecret(name: string, held: unknown): boolean {
  if (held === undefined || typeof held === 'boolean' || typeof held === 'number') return false
  const plain = name.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
  return SECRET_NAME.test(plain) && !HARMLESS.has(plain)
}
