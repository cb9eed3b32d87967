/** A frame that arrived: parsed JSON of unknown shape, or no JSON at all. */
export type Received = { readonly json: true; readonly value: unknown } | { readonly json: false }

/** Reads one text frame. Never throws, whatever the bytes. */
export function readFrame(text: string): Received {
  try {
    return { json: true, value: JSON.parse(text) }
  } catch {
    return { json: false }
  }
}

/** The id to answer a bad frame with: its own when it has one, else `invalid` (protocol fact 2). */
export function frameId(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('id' in value)) return 'invalid'
  return typeof value.id === 'string' && value.id !== '' ? value.id : 'invalid'
}
