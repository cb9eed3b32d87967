/** Names that mean something else, in OpenClaw or here. `main` is made by the gateway itself. */
const RESERVED: ReadonlySet<string> = new Set(['agent:main:main', 'new', 'own', 'global', 'unknown', 'none'])

/** The two names for the caller's own session; whoever holds every session means the one called `main`. */
export const MAIN_SESSION = 'main'
const MAIN_NAMES: ReadonlySet<string> = new Set([MAIN_SESSION, 'agent:main:main'])

const SESSION_KEY = /^[a-z0-9][a-z0-9:_-]{0,63}$/
const LOOKS_LIKE_AN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * @returns the key that a session may be given, or `undefined` when the text is no key, means something
 * else already, or looks like the id of a session.
 */
export function parseSessionKey(text: string): string | undefined {
  if (!SESSION_KEY.test(text) || LOOKS_LIKE_AN_ID.test(text)) return undefined
  return RESERVED.has(text) || isMainSession(text) ? undefined : text
}

export function isMainSession(text: string): boolean {
  return MAIN_NAMES.has(text)
}
