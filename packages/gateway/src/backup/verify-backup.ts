import { homedir } from 'node:os'
import { resolveStateDir, statePaths } from '../config/state-dir.ts'
import { readHead } from '../state/event-head.ts'
import { StateError } from '../state/state-error.ts'
import type { BackupPlace } from './backup-place.ts'
import { type BackupVerdict, checkBackup, findBackupKeys } from './check-backup.ts'

export interface VerifiedBackup {
  readonly verdict: BackupVerdict
  /** How many events the state directory knows of that are not in the backup; unknown without a note. */
  readonly behind: number | undefined
}

/** Checks a backup with the keys of a state directory, as far as they are there. Changes nothing. */
export async function verifyBackup(
  file: string,
  { env, home = homedir() }: BackupPlace,
): Promise<VerifiedBackup> {
  const paths = statePaths(resolveStateDir(env, home), env)
  const verdict = await checkBackup(file, await findBackupKeys(paths, env))
  const { manifest } = verdict
  const noted = await readHead(paths.eventHead).catch(ignoreUnreadable)
  return { verdict, behind: manifest && noted ? noted.seq - manifest.head.seq : undefined }
}

function ignoreUnreadable(error: unknown): undefined {
  if (!(error instanceof StateError)) throw error
}
