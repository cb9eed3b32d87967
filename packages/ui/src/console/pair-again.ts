import { readRoute } from './read-route.ts'

/**
 * Where this browser is paired, and what it comes back to: the name of a view, never an address, so that
 * nobody can be led elsewhere by a link.
 */
export function pairAgainUrl(hash: string): string {
  return `pair?to=${readRoute(hash).view}`
}
