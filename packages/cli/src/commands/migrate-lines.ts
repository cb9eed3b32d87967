import { type Migration, SKIP_REASONS } from '@pairgate/gateway'
import { cleanText } from '../output/clean-text.ts'
import { bold, dim } from '../output/paint.ts'
import { formatTable } from '../output/print-table.ts'

type JudgedGrant = Migration['judged'][number]

/** What becomes of a role, for people: before it was done, and after. */
const VERDICTS = {
  new: ['import', 'imported'],
  here: ['stays as it is here', 'stays as it is here'],
  'revoked-here': ['stays revoked here', 'stays revoked here'],
  'removed-here': ['was removed here', 'was removed here'],
  'secret-taken': ['left behind', 'left behind'],
} as const satisfies Record<JudgedGrant['verdict'], readonly [string, string]>

export function formatMigration(migration: Migration, width: number): readonly string[] {
  const { state, judged, target, applied } = migration
  const { source } = state
  const version = source.version === undefined ? '' : ` (OpenClaw ${cleanText(source.version)})`
  return [
    `From: ${source.file}${version}`,
    `To:   ${target}`,
    ...(source.ignored === undefined
      ? []
      : [`Not read, because the database is what counts: ${source.ignored}`]),
    '',
    ...table('Devices', judged.length, () => devicesTable(migration, width)),
    ...table('Left behind', state.skipped.length, () => skippedTable(migration, width)),
    ...table('Waiting there, not imported; they ask again by themselves', state.pending.length, () =>
      pendingTable(migration, width),
    ),
    ...leftOutLines(migration),
    ...(applied ? doneLines(migration) : nextLines(migration)),
  ]
}

function table(title: string, count: number, lines: () => string): readonly string[] {
  return count === 0 ? [] : [bold(`${title} (${count})`), lines(), '']
}

function devicesTable({ judged, applied }: Migration, width: number): string {
  const rows = judged.map(({ device, grant, verdict }) => [
    cleanText(device.label ?? device.metadata.displayName ?? device.metadata.clientId ?? ''),
    device.id.slice(0, 8),
    grant.role,
    grant.state === 'live' ? grant.scopes.join(', ') || 'none' : 'revoked there',
    VERDICTS[verdict][applied ? 1 : 0],
  ])
  return formatTable(['Device', 'ID', 'Role', 'Scopes', applied ? 'Done' : 'To do'], rows, width)
}

function skippedTable({ state }: Migration, width: number): string {
  const rows = state.skipped.map(({ deviceId, role, reason }) => [
    cleanText(deviceId, 16) || 'no id',
    cleanText(role ?? ''),
    SKIP_REASONS[reason],
  ])
  return formatTable(['ID', 'Role', 'Why'], rows, width)
}

function pendingTable({ state }: Migration, width: number): string {
  const rows = state.pending.map(({ deviceId, name, role, scopes }) => [
    cleanText(name ?? ''),
    cleanText(deviceId, 8),
    cleanText(role ?? ''),
    cleanText(scopes.join(', ')),
  ])
  return formatTable(['Device', 'ID', 'Role', 'Scopes'], rows, width)
}

function leftOutLines({ state }: Migration): readonly string[] {
  return state.leftOut.map(
    ({ deviceId, scopes }) =>
      `Device ${cleanText(deviceId, 8)}: without ${cleanText(scopes.join(', '))}, which is no scope here.`,
  )
}

function nextLines({ judged, isUncompared }: Migration): readonly string[] {
  const count = judged.filter(({ verdict }) => verdict === 'new').length
  const notes = isUncompared ? ['What PostgreSQL holds already was not asked; it stays as it is.'] : []
  if (count === 0) return [...notes, 'There is nothing to import. Nothing was changed.']
  return [
    ...notes,
    bold('Nothing was changed.'),
    "Stop OpenClaw's gateway first, so that nothing is granted there after it was read. Then import:",
    '  openclaw migrate --apply',
  ]
}

function doneLines({ judged, backup, state }: Migration): readonly string[] {
  const done = judged.filter(({ verdict }) => verdict === 'new')
  if (done.length === 0) return ['There was nothing left to import. Nothing was changed.']
  const devices = new Set(done.map(({ device }) => device.id)).size
  return [
    bold(`Imported: ${devices} ${devices === 1 ? 'device' : 'devices'}.`),
    ...(backup === undefined ? [] : [`The database as it was before: ${backup}`]),
    'Start this gateway where the devices look for the other one. Each comes with the token that it has,',
    'gets one of ours, and from the first use of that the old one is dead.',
    dim(`${state.source.dir} was not changed. It holds the old tokens: keep it away from others.`),
  ]
}

/** No hash is in it: who can read hashes is the database alone. */
export function migrationAsJson(migration: Migration): object {
  const { state, judged, target, applied, backup, isUncompared } = migration
  const { dir, kind, file, version, ignored } = state.source
  const count = (verdict: JudgedGrant['verdict']) => judged.filter((each) => each.verdict === verdict).length
  return {
    applied,
    source: { dir, kind, file, version: version ?? null, notRead: ignored ?? null },
    target,
    compared: !isUncompared,
    backup: backup ?? null,
    new: count('new'),
    kept: judged.length - count('new'),
    devices: judged.map(({ device, grant, verdict }) => ({
      deviceId: device.id,
      name: device.label ?? device.metadata.displayName ?? null,
      role: grant.role,
      scopes: grant.state === 'live' ? grant.scopes : [],
      revoked: grant.state === 'revoked',
      verdict,
    })),
    skipped: state.skipped.map(({ deviceId, role, reason }) => ({
      deviceId,
      role: role ?? null,
      reason,
      what: SKIP_REASONS[reason],
    })),
    leftOut: state.leftOut,
    pending: state.pending.map(({ deviceId, name, role, scopes }) => ({
      deviceId,
      name: name ?? null,
      role: role ?? null,
      scopes,
    })),
  }
}
