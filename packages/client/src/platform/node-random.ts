import { randomBytes } from 'node:crypto'

export function drawBytes(length: number): Uint8Array {
  return randomBytes(length)
}

/** A number in [0, 1), for jitter only: nothing secret may come from it. */
export function drawFraction(): number {
  return Math.random()
}
