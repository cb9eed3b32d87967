/**
 * An object whose every property is read anew from what `current` answers, also inside of objects. Who
 * reads a setting through it when it is needed has the newest; who takes it apart early keeps the old one.
 */
export function lateBound<T extends object>(current: () => T): T {
  const view = {}
  for (const name of Object.keys(current()) as (keyof T)[]) {
    const part = current()[name]
    const nested = isSection(part) ? lateBound(() => current()[name] as T[keyof T] & object) : undefined
    Object.defineProperty(view, name, { enumerable: true, get: () => nested ?? current()[name] })
  }
  return view as T
}

function isSection(part: unknown): part is object {
  return typeof part === 'object' && part !== null && !Array.isArray(part)
}
