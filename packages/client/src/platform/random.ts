/** Random bytes, from the source that every runtime has under the same name. */
export function drawBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** A number in [0, 1), for jitter only: nothing secret may come from it. */
export function drawFraction(): number {
  return Math.random()
}
