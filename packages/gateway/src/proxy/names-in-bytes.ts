/** Longer ones are nobody's in particular, and are not worth the room. */
const LONGEST = 64
/** Of each length. */
const REMEMBERED = 16

interface Known<Value> {
  readonly bytes: Uint8Array
  readonly value: Value
}

/**
 * Remembers what was made of names that come as bytes: all servers write the same few, and to compare the bytes
 * takes less than to make a text of them. Names that differ in a letter are different ones.
 */
export function createNamesInBytes<Value>(make: (written: string) => Value): (bytes: Buffer) => Value {
  const byLength = Array.from({ length: LONGEST + 1 }, (): Known<Value>[] => [])
  return (bytes) => {
    const known = byLength[bytes.length]
    if (!known) return make(bytes.toString('latin1'))
    for (const each of known) if (isSame(each.bytes, bytes)) return each.value
    const value = make(bytes.toString('latin1'))
    if (known.length === REMEMBERED) known.length = 0
    // A copy, because the bytes are a piece of a larger buffer.
    known.push({ bytes: Uint8Array.from(bytes), value })
    return value
  }
}

/** Both are of one length. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false
  return true
}
