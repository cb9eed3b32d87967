import { findSource, type SourceChoice, type SourcePaths } from './find-source.ts'
import type { ForeignRequest, ForeignState, RawRow, RawState } from './foreign-state.ts'
import { readDatabase } from './read-database.ts'
import { readRowsFile } from './read-files.ts'
import { type ReadDeviceDeps, readForeignDevice } from './read-foreign-device.ts'

/** Reads OpenClaw's state and changes nothing of it. Secrets become hashes before anything leaves this. */
export async function readForeignState(deps: ReadDeviceDeps, choice: SourceChoice): Promise<ForeignState> {
  const { source, paired, pending } = await readRaw(await findSource(choice))
  const read = paired.map((row) => readForeignDevice(deps, row))
  return {
    source,
    devices: read.flatMap(({ device }) => device ?? []),
    skipped: read.flatMap(({ skipped }) => skipped),
    leftOut: read.flatMap(({ leftOut }) => leftOut),
    pending: pending.map(requestOf),
  }
}

/**
 * One set of rows is the truth. OpenClaw 2026.9 reads its database alone, and takes older files into it by
 * `openclaw doctor --fix`; so files count only while the database knows no device.
 */
async function readRaw({ dir, database, pairedFile, pendingFile }: SourcePaths): Promise<RawState> {
  const rows = database === undefined ? undefined : await readDatabase(database)
  if (database !== undefined && rows && (rows.paired.length > 0 || pairedFile === undefined)) {
    const { version, paired, pending } = rows
    return { source: { dir, kind: 'sqlite', file: database, version, ignored: pairedFile }, paired, pending }
  }
  const file = pairedFile ?? pendingFile
  const [paired, pending] = [await readRowsFile(file), await readRowsFile(pendingFile)]
  return {
    source: { dir, kind: 'json', file, version: undefined, ignored: undefined },
    paired,
    pending,
  }
}

function requestOf(row: RawRow): ForeignRequest {
  const text = (name: string) => (typeof row[name] === 'string' ? row[name] : undefined)
  const scopes = Array.isArray(row['scopes']) ? row['scopes'] : []
  return {
    deviceId: text('deviceId') ?? '',
    name: text('displayName'),
    role: text('role'),
    scopes: scopes.filter((scope) => typeof scope === 'string'),
  }
}
