import { lookAtSqlite } from './sqlite/look-at-sqlite.ts'
import type { StoreLook } from './store-look.ts'

export interface LookPlace {
  readonly path: string
  readonly url: string | undefined
  /** A bigger file is not checked from end to end: that would take too long. */
  readonly mostBytes: number
}

/** Looks at a database, whether a gateway has it open or not. Throws `StoreUnavailable`. */
export async function lookAtStore({ path, url, mostBytes }: LookPlace): Promise<StoreLook> {
  if (url === undefined) return lookAtSqlite(path, mostBytes)
  const { lookAtPostgres } = await import('./postgres/look-at-postgres.ts')
  return lookAtPostgres(url)
}
