import type { Brand } from './ids.ts'

/** Six digits that a person reads on one screen and types into another. */
export type PairCode = Brand<string, 'PairCode'>

/** How many codes there are. */
export const PAIR_CODES = 1_000_000

const CODE = /^\d{6}$/
/** What people and their keyboards put between and around digits: spaces of any kind, and hyphens. */
const FILLING = /[\s\u00ad\u200b\u2060\-\u2010-\u2015\u2212]/g
/** Longer than any spelling of six digits that a person would type. */
const MAX_TYPED = 32

/** @returns the code, or `undefined` when what was typed is not six digits with fillings. */
export function parsePairCode(typed: string): PairCode | undefined {
  if (typed.length > MAX_TYPED) return undefined
  const code = typed.replace(FILLING, '')
  return CODE.test(code) ? (code as PairCode) : undefined
}

/** @param drawn a number from 0 to `PAIR_CODES - 1`, drawn without bias. */
export function pairCodeOf(drawn: number): PairCode {
  return String(drawn).padStart(6, '0') as PairCode
}

/** As people read it aloud: `482 913`. */
export function formatPairCode(code: PairCode): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}
