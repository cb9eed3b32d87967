/** A set that holds one thing most of the time; ten thousand sets of one would be ten thousand tables. */
export type Few<Item> = Item | ReadonlySet<Item> | undefined

/** With `item` in it, once. */
export function withItem<Item extends object>(few: Few<Item>, item: Item): Few<Item> {
  if (few === undefined || few === item) return item
  if (!isMany(few)) return new Set([few, item])
  // Only made here, so nobody else counts on it.
  return (few as Set<Item>).add(item)
}

/** Without `item`, whether or not it was in it. */
export function withoutItem<Item extends object>(few: Few<Item>, item: Item): Few<Item> {
  if (few === item) return undefined
  if (!isMany(few)) return few
  const rest = few as Set<Item>
  rest.delete(item)
  return rest.size === 0 ? undefined : rest
}

/** In the order in which they came. */
export function itemsOf<Item extends object>(few: Few<Item>): Iterable<Item> {
  if (few === undefined) return []
  return isMany(few) ? few : [few]
}

function isMany<Item extends object>(few: Few<Item>): few is ReadonlySet<Item> {
  return few instanceof Set
}
