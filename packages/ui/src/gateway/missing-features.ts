/** What the pages and the library need of a browser, each with how to see it. */
const NEEDED: readonly (readonly [string, () => boolean])[] = [
  ['IndexedDB', () => typeof indexedDB === 'object' && indexedDB !== null],
  ['WebSocket', () => typeof WebSocket === 'function'],
  ['crypto', () => typeof crypto === 'object'],
  ['Promise.withResolvers', () => typeof Promise.withResolvers === 'function'],
  ['AbortSignal.any', () => typeof AbortSignal.any === 'function'],
  ['URL.parse', () => typeof URL.parse === 'function'],
]

/** Names of what this browser lacks. */
export function missingFeatures(): readonly string[] {
  return NEEDED.filter(([, isThere]) => !isThere()).map(([name]) => name)
}
