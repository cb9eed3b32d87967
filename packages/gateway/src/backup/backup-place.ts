import { homedir } from 'node:os'
import { readGatewayConfig } from '../config/read-config.ts'
import { type Env, resolveStateDir, type StatePaths, statePaths } from '../config/state-dir.ts'
import { StateError } from '../state/state-error.ts'

export interface BackupPlace {
  readonly env: Env
  readonly home?: string
}

/** The paths of the state directory, if the database lies in it. */
export function embeddedPaths({ env, home = homedir() }: BackupPlace): StatePaths {
  const paths = statePaths(resolveStateDir(env, home), env)
  const { database } = readGatewayConfig({ file: paths.configFile, env, flags: {} })
  if (database.url === undefined) return paths
  throw new StateError(
    'gateway.database.url (or DATABASE_URL) names a PostgreSQL database, which is backed up with the tools of its server.\n' +
      'Make a copy with pg_dump --format=custom, and put it back with pg_restore while the gateway is stopped.',
  )
}

/** A time as part of a file name: `20261122T005016123Z`. */
export function timeInName(at: number): string {
  return new Date(at).toISOString().replace(/[-:.]/g, '')
}
