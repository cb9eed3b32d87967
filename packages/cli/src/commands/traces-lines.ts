const TRACES = {
  none: [],
  file: [
    'The database file may still hold traces: stop the gateway and run VACUUM on it with a tool for SQLite.',
  ],
  server: [
    'The database server may still hold traces: until it has vacuumed the tables, and in its write-ahead log.',
  ],
} as const

/** What to say of copies that may still be found. */
export function tracesLines(traces: keyof typeof TRACES): readonly string[] {
  return TRACES[traces]
}
