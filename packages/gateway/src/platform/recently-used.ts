/**
 * Remembers what is costly to make for the keys used last; at most `limit` of them, whoever asks.
 * @returns the value of a key, made anew when it is not remembered. A `make` that throws is not, and nor is
 * `undefined`: what a stranger sent that means nothing must not be kept, however long it is.
 */
export function createRecentlyUsed<Value>(
  limit: number,
  make: (key: string) => Value,
): (key: string) => Value {
  const values = new Map<string, Value>()
  let newest: { readonly key: string; readonly value: Value } | undefined
  return (key) => {
    // Most keys come many times in a row, and then there is nothing to put in order.
    if (newest?.key === key) return newest.value
    const value = values.get(key) ?? make(key)
    if (value === undefined) return value
    // Taken out and put back, so that the map's order is the order of last use.
    values.delete(key)
    values.set(key, value)
    const oldest = values.size > limit ? values.keys().next().value : undefined
    if (oldest !== undefined) values.delete(oldest)
    newest = { key, value }
    return value
  }
}
