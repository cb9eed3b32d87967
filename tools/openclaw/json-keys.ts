/** Comes with a batch that is written later, so it is there or not yet. */
const COMES_LATER = /\.(?:lastSeenAtMs|lastSeenReason|lastUsedAtMs)$/

/** Every place in a JSON value that holds something, by its path; the rows of a list are one. */
export function keysOf(value: unknown): ReadonlySet<string> {
  const keys = new Set<string>()
  const walk = (at: unknown, path: string): void => {
    if (Array.isArray(at)) for (const row of at) walk(row, `${path}[]`)
    else if (typeof at === 'object' && at !== null)
      for (const [name, inner] of Object.entries(at)) {
        const inside = path === '' ? name : `${path}.${name}`
        if (!COMES_LATER.test(inside)) keys.add(inside)
        walk(inner, inside)
      }
  }
  walk(value, '')
  return keys
}

/** In words, how the second output differs from the first. */
export function describeKeys(there: ReadonlySet<string>, here: ReadonlySet<string>): readonly string[] {
  const lacks = [...there].filter((key) => !here.has(key) && !isInside(key, there, here))
  const adds = [...here].filter((key) => !there.has(key) && !isInside(key, here, there))
  return [
    ...(lacks.length > 0 ? [`without \`${lacks.sort().join('`, `')}\``] : []),
    ...(adds.length > 0 ? [`also \`${adds.sort().join('`, `')}\``] : []),
  ]
}

/** Whoever lacks an object lacks all in it; that is said once. */
function isInside(key: string, own: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...own].some(
    (above) => !other.has(above) && (key.startsWith(`${above}.`) || key.startsWith(`${above}[`)),
  )
}
