/** Leaves out what is `undefined` or empty: OpenClaw's schemas want a key absent. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept: Record<string, unknown> = {}
  // A loop, because long lists do this several times for each row.
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && value !== '') kept[name] = value
  return kept as { [K in keyof T]?: NonNullable<T[K]> }
}
