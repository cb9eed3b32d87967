/**
 * Remembers what is costly to make for the keys used last: at most `limit` of them (an even number), whoever
 * asks, and at least half as many. The older half goes as a whole, so that finding a key moves nothing.
 * @returns the value of a key, made anew when it is not remembered. A `make` that throws is not, and nor is
 * `undefined`: what a stranger sent that means nothing must not be kept, however long it is.
 */
export function createRecentlyUsed<Value>(
  limit: number,
  make: (key: string) => Value,
): (key: string) => Value {
  const half = Math.ceil(limit / 2)
  let recent = new Map<string, Value>()
  let older = new Map<string, Value>()

  function bringBack(key: string): Value {
    const value = older.get(key) ?? make(key)
    if (value === undefined) return value
    if (recent.size >= half) {
      older = recent
      recent = new Map()
    }
    recent.set(key, value)
    return value
  }
  return (key) => recent.get(key) ?? bringBack(key)
}
