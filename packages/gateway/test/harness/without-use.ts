const NOTED = new Set(['lastSeenAtMs', 'lastSeenReason', 'lastUsedAtMs'])

/**
 * What operators see of devices without when those were last here: that is written down once a minute, and so
 * at any moment of a test that compares two looks.
 */
export function withoutUse<T>(seen: T): T {
  return JSON.parse(JSON.stringify(seen, (name, value) => (NOTED.has(name) ? undefined : value)))
}
