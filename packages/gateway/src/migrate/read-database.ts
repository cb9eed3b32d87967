import type { DatabaseSync } from 'node:sqlite'
import { StateError } from '../state/state-error.ts'
import type { RawRow } from './foreign-state.ts'
import { withStillDatabase } from './still-database.ts'

/** OpenClaw's names for what it keeps of a device that it let in, in its database and in its older files. */
const PAIRED = {
  device_id: 'deviceId',
  public_key: 'publicKey',
  display_name: 'displayName',
  operator_label: 'operatorLabel',
  platform: 'platform',
  device_family: 'deviceFamily',
  client_id: 'clientId',
  client_mode: 'clientMode',
  browser_origin: 'browserOrigin',
  role: 'role',
  roles_json: 'roles',
  scopes_json: 'scopes',
  approved_scopes_json: 'approvedScopes',
  remote_ip: 'remoteIp',
  tokens_json: 'tokens',
  approved_via: 'approvedVia',
  node_surface_json: 'nodeSurface',
  pending_node_surface_json: 'pendingNodeSurface',
  created_at_ms: 'createdAtMs',
  approved_at_ms: 'approvedAtMs',
  last_seen_at_ms: 'lastSeenAtMs',
  last_seen_reason: 'lastSeenReason',
} as const
/** Without these a row says neither who it is about nor what it opens. */
const NEEDED = ['device_id', 'public_key', 'tokens_json'] as const
const PENDING = {
  device_id: 'deviceId',
  display_name: 'displayName',
  role: 'role',
  scopes_json: 'scopes',
} as const

export interface DatabaseRows {
  readonly version: string | undefined
  readonly paired: readonly RawRow[]
  readonly pending: readonly RawRow[]
}

/** The rows of OpenClaw's database of 2026.9. Columns that this version does not know may mean "revoked". */
export function readDatabase(path: string): Promise<DatabaseRows> {
  return withStillDatabase(path, (database) => {
    const paired = columnsOf(database, 'device_pairing_paired')
    if (paired.length === 0)
      throw new StateError(`${path} holds no table device_pairing_paired: it is no state of OpenClaw 2026.9.`)
    const missing = NEEDED.filter((name) => !paired.includes(name))
    const unknown = paired.filter((name) => !Object.hasOwn(PAIRED, name))
    if (missing.length > 0 || unknown.length > 0) throw notUnderstood(path, { missing, unknown })
    return {
      version: versionOf(database),
      paired: rowsOf(database, 'device_pairing_paired', PAIRED),
      pending: rowsOf(database, 'device_pairing_pending', PENDING),
    }
  })
}

function notUnderstood(
  path: string,
  { missing, unknown }: { readonly missing: readonly string[]; readonly unknown: readonly string[] },
): StateError {
  const parts = [
    missing.length > 0 ? `lacks ${missing.join(', ')}` : '',
    unknown.length > 0 ? `has ${unknown.join(', ')}` : '',
  ]
  return new StateError(
    `${path} was written by a version of OpenClaw that is not understood here: its table of paired devices ` +
      `${parts.filter(Boolean).join(' and ')}.\nNothing was changed. Use a newer version of Pairgate.`,
  )
}

function columnsOf(database: DatabaseSync, table: string): readonly string[] {
  const found = database.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(table)
  if (!found) return []
  return database
    .prepare('select name from pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name))
}

function rowsOf(
  database: DatabaseSync,
  table: string,
  names: Readonly<Record<string, string>>,
): readonly RawRow[] {
  const columns = columnsOf(database, table).filter((name) => Object.hasOwn(names, name))
  if (columns.length === 0) return []
  const rows = database.prepare(`select ${columns.join(', ')} from ${table} order by device_id`).all()
  return rows.map((row) =>
    Object.fromEntries(columns.map((column) => [names[column], readValue(column, row[column])])),
  )
}

/** A list or object that cannot be parsed stays a text, which nobody takes for one. */
function readValue(column: string, value: unknown): unknown {
  if (value === null) return undefined
  if (!column.endsWith('_json') || typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function versionOf(database: DatabaseSync): string | undefined {
  if (!columnsOf(database, 'schema_meta').includes('app_version')) return undefined
  const row = database.prepare("select app_version from schema_meta where meta_key = 'primary'").get()
  const version = row?.['app_version']
  return typeof version === 'string' ? version : undefined
}
