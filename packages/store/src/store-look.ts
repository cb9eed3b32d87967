import type { StoreReader } from '@pairgate/core'
import { SCHEMAS } from './sql/migrate.ts'

/** A database as somebody finds it who changes nothing: no migration, no lock, no row. */
export interface StoreLook {
  readonly engine: 'sqlite' | 'postgres'
  /** Against the version of the tables that is known here; `none` has no tables of ours. */
  readonly schema: 'latest' | 'older' | 'newer' | 'none'
  /** What a quick check of the file found: `ok`, or its first finding; `undefined` where none was made. */
  readonly soundness: string | undefined
  /** Only to be used with tables of the latest version. */
  readonly read: StoreReader
  close(): Promise<void>
}

export function judgeSchema(seen: readonly string[]): StoreLook['schema'] {
  const last = seen.at(-1)
  if (last === undefined) return 'none'
  if (seen.some((name) => !SCHEMAS.includes(name))) return 'newer'
  return last === SCHEMAS.at(-1) ? 'latest' : 'older'
}
