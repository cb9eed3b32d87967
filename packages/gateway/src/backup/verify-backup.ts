import { homedir } from 'node:os'
import type { EventHead } from '@pairgate/core'
import { resolveStateDir, statePaths } from '../config/state-dir.ts'
import { readHead } from '../state/event-head.ts'
import { StateError } from '../state/state-error.ts'
import type { BackupPlace } from './backup-place.ts'
import { type BackupVerdict, checkBackup, findBackupKeys, isSameHead } from './check-backup.ts'

export interface VerifiedBackup {
  readonly verdict: BackupVerdict
  /** How many events the state directory knows of that are not in the backup; unknown of another history. */
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
  return { verdict, behind: manifest && noted && distance(noted, manifest.head) }
}

/** After a recovery one number stands for two events: one of the backup's history, and one of ours. */
function distance(noted: EventHead, head: EventHead): number | undefined {
  if (isSameHead(noted, head)) return 0
  const between = noted.seq - head.seq
  const isOneHistory = noted.epoch === head.epoch || noted.seq === 0 || head.seq === 0
  return isOneHistory && between !== 0 ? between : undefined
}

function ignoreUnreadable(error: unknown): undefined {
  if (!(error instanceof StateError)) throw error
}
