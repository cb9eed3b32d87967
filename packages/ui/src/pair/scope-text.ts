import type { Say } from './texts/catalogue.ts'
import { en, type TextKey } from './texts/en.ts'

/** In words of the reader; a scope that this page does not know yet stands as it is. */
export function scopeText(scope: string, say: Say): string {
  const key = `scope.${scope}`
  return Object.hasOwn(en, key) ? say(key as TextKey) : scope
}
