import type { Brand } from './ids.ts'

/** A device token of another gateway, as its device goes on carrying it until it has one of ours. */
export type ForeignSecret = Brand<string, 'ForeignSecret'>

/** OpenClaw's are 43 letters; its first ones were 32. Long enough that nobody guesses one. */
const LOOK = /^[A-Za-z0-9_-]{32,128}$/
/** Ours, whole or mistyped. */
const OWN = /^pg[a-z]_/

/** @returns the secret, or `undefined` for a text that is ours, too short to be one, or of other letters. */
export function parseForeignSecret(text: string): ForeignSecret | undefined {
  return LOOK.test(text) && !OWN.test(text) ? (text as ForeignSecret) : undefined
}
