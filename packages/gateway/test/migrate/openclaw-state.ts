import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** As OpenClaw 2026.9.6 makes them, copied from a database of its own. */
const TABLES = [
  `CREATE TABLE schema_meta (meta_key TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, schema_version INTEGER NOT NULL,
  agent_id TEXT, app_version TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE device_pairing_paired (device_id TEXT NOT NULL PRIMARY KEY, public_key TEXT NOT NULL,
  display_name TEXT, operator_label TEXT, platform TEXT, device_family TEXT, client_id TEXT, client_mode TEXT,
  browser_origin TEXT, role TEXT, roles_json TEXT, scopes_json TEXT, approved_scopes_json TEXT, remote_ip TEXT,
  tokens_json TEXT, approved_via TEXT, node_surface_json TEXT, pending_node_surface_json TEXT,
  created_at_ms INTEGER NOT NULL, approved_at_ms INTEGER NOT NULL, last_seen_at_ms INTEGER,
  last_seen_reason TEXT) STRICT`,
  `CREATE TABLE device_pairing_pending (request_id TEXT NOT NULL PRIMARY KEY, device_id TEXT NOT NULL,
  public_key TEXT NOT NULL, display_name TEXT, platform TEXT, device_family TEXT, client_id TEXT, client_mode TEXT,
  browser_origin TEXT, role TEXT, roles_json TEXT, scopes_json TEXT, remote_ip TEXT, silent INTEGER,
  is_repair INTEGER, ts INTEGER NOT NULL, refreshed_at_ms INTEGER) STRICT`,
]

/** A row with the names of the JSON files. */
export type PairedRow = Readonly<Record<string, unknown>>

const COLUMNS: Readonly<Record<string, string>> = {
  device_id: 'deviceId',
  public_key: 'publicKey',
  display_name: 'displayName',
  operator_label: 'operatorLabel',
  platform: 'platform',
  device_family: 'deviceFamily',
  client_id: 'clientId',
  client_mode: 'clientMode',
  role: 'role',
  roles_json: 'roles',
  scopes_json: 'scopes',
  approved_scopes_json: 'approvedScopes',
  remote_ip: 'remoteIp',
  tokens_json: 'tokens',
  created_at_ms: 'createdAtMs',
  approved_at_ms: 'approvedAtMs',
  last_seen_at_ms: 'lastSeenAtMs',
}

/** The token of OpenClaw with this number: 43 letters, as it makes them. */
export function openClawToken(n: number): string {
  return `oc-${n}-`.padEnd(43, 'nkqzEy5TMQN6B1GKKxA4HtqQ17sgCoI192Q_i')
}

export interface RowOptions {
  readonly role?: string
  readonly scopes?: readonly string[]
  readonly token?: Readonly<Record<string, unknown>>
  readonly row?: PairedRow
}

/** What OpenClaw 2026.9.6 writes down of a device with one role. */
export function pairedRow(
  device: { readonly id: string; readonly publicKey: string },
  n: number,
  { role = 'operator', scopes = ['operator.read'], token, row }: RowOptions = {},
): PairedRow {
  const at = 1_790_000_000_000 + n
  return {
    deviceId: device.id,
    publicKey: device.publicKey,
    displayName: `Device ${n}`,
    platform: 'linux',
    deviceFamily: 'Linux',
    clientId: 'cli',
    clientMode: 'cli',
    role,
    roles: [role],
    scopes,
    approvedScopes: scopes,
    tokens: { [role]: { token: openClawToken(n), role, scopes, createdAtMs: at, ...token } },
    createdAtMs: at,
    approvedAtMs: at,
    lastSeenAtMs: at,
    ...row,
  }
}

/** A state directory of 2026.9.6. The connection stays open, as a running gateway's: rows lie in its log. */
export function openClawDatabase(dir: string, rows: readonly PairedRow[]): DatabaseSync {
  mkdirSync(join(dir, 'state'), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(dir, 'state', 'openclaw.sqlite'))
  database.exec('pragma journal_mode = wal')
  for (const table of TABLES) database.exec(table)
  database
    .prepare('insert into schema_meta values (?, ?, ?, ?, ?, ?, ?)')
    .run('primary', 'global', 18, null, '2026.9.6', 1, 1)
  for (const row of rows) insertPaired(database, row)
  return database
}

export function insertPaired(database: DatabaseSync, row: PairedRow): void {
  const columns = Object.keys(COLUMNS)
  const values = columns.map((column) => asColumn(column, row[COLUMNS[column] ?? '']))
  const marks = columns.map(() => '?').join(', ')
  database
    .prepare(`insert into device_pairing_paired (${columns.join(', ')}) values (${marks})`)
    .run(...values)
}

function asColumn(column: string, value: unknown): string | number | null {
  if (value === undefined || value === null) return null
  if (column.endsWith('_json')) return typeof value === 'string' ? value : JSON.stringify(value)
  return typeof value === 'number' ? value : String(value)
}

/** A state directory of 2026.4.5. */
export function openClawFiles(dir: string, paired: readonly PairedRow[], pending: object = {}): void {
  mkdirSync(join(dir, 'devices'), { recursive: true, mode: 0o755 })
  const byId = Object.fromEntries(paired.map((row) => [String(row['deviceId']), row]))
  writeFileSync(join(dir, 'devices', 'paired.json'), JSON.stringify(byId, null, 2), { mode: 0o600 })
  writeFileSync(join(dir, 'devices', 'pending.json'), JSON.stringify(pending), { mode: 0o600 })
}

/** Every byte below a directory, by name. */
export function bytesBelow(dir: string): Readonly<Record<string, string>> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const read = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name)
    return [path, readFileSync(path).toString('base64')] as const
  })
  return Object.fromEntries(read.sort(([one], [other]) => (one < other ? -1 : 1)))
}
