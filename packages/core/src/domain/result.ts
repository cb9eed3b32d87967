import type { Refusal } from './refusal.ts'

export type Result<T> = { readonly ok: true; readonly value: T } | Refused
export interface Refused {
  readonly ok: false
  readonly refusal: Refusal
}

export function ok<T>(value: T): Result<T> {
  return { ok: true, value }
}
export function refuse(refusal: Refusal): Refused {
  return { ok: false, refusal }
}
