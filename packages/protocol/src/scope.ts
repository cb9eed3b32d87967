/**
 * Every scope there is, each with the scopes that it brings along (protocol fact 12).
 * `operator.admin` is not listed with the others because it brings all of them.
 */
const IMPLIED = {
  'operator.admin': [],
  'operator.write': ['operator.read', 'operator.talk', 'operator.sessions.read', 'operator.sessions.write'],
  'operator.read': [],
  'operator.approvals': [],
  'operator.questions': [],
  'operator.pairing': [],
  'operator.talk': [],
  'operator.talk.secrets': [],
  'operator.sessions.read': [],
  'operator.sessions.write': [],
} as const satisfies Record<string, readonly string[]>

export type Scope = keyof typeof IMPLIED
export const SCOPES = Object.keys(IMPLIED) as readonly Scope[]

/** @returns the scope, or `undefined` for a word that is not in the closed list. */
export function parseScope(text: string): Scope | undefined {
  return Object.hasOwn(IMPLIED, text) ? (text as Scope) : undefined
}

/** A set of scopes with everything that they imply. */
export function expandScopes(scopes: Iterable<string>): ReadonlySet<Scope> {
  const expanded = new Set<Scope>()
  for (const text of scopes) {
    const scope = parseScope(text)
    if (scope === undefined) continue
    if (scope === 'operator.admin') return new Set(SCOPES)
    expanded.add(scope)
    for (const implied of IMPLIED[scope]) expanded.add(implied)
  }
  return expanded
}

/** Of each scope all that it gives, itself included. */
const GIVEN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  SCOPES.map((scope) => [scope, expandScopes([scope])]),
)

/** Whether `held` gives every one of `asked`. An unknown word is never held. */
export function coversScopes(held: readonly string[], asked: readonly string[]): boolean {
  return asked.every((scope) => gives(held, scope))
}

function gives(held: readonly string[], scope: string): boolean {
  return held.some((own) => GIVEN.get(own)?.has(scope) === true)
}

/** The first of `asked` that `held` does not give, or `undefined` when it gives all. */
export function missingScope(held: readonly string[], asked: readonly string[]): string | undefined {
  return asked.find((scope) => !gives(held, scope))
}

/** Those of `asked` that `held` gives, in the order asked. Never wider than either. */
export function narrowScopes(held: readonly string[], asked: readonly Scope[]): readonly Scope[] {
  return asked.filter((scope, at) => asked.indexOf(scope) === at && gives(held, scope))
}

/**
 * What two grants have in common, also where one names a scope only through another: `admin` and `read`
 * have `read` in common. What was asked by name comes first, in that order. Never wider than either.
 */
export function meetScopes(held: readonly Scope[], asked: readonly Scope[]): readonly Scope[] {
  const named = narrowScopes(held, asked)
  const implied = narrowScopes(asked, held).filter((scope) => !coversScopes(named, [scope]))
  return [...named, ...implied]
}

/** The same grant without the scopes that others of it bring along. */
export function leastScopes(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => !scopes.some((other) => other !== scope && coversScopes([other], [scope])))
}

/** The union of two grants, sorted, each scope once. */
export function joinScopes(one: Iterable<Scope>, other: Iterable<Scope>): readonly Scope[] {
  return [...new Set([...one, ...other])].sort()
}
