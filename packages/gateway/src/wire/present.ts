/** Leaves out what is `undefined` or empty: OpenClaw's schemas want a key absent. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(kept) as { [K in keyof T]?: NonNullable<T[K]> }
}
