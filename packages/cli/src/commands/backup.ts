import type { Command } from 'commander'
import type { CreateOptions } from './backup-create.ts'
import type { RestoreOptions } from './backup-restore.ts'
import type { VerifyOptions } from './backup-verify.ts'
import { addExamples, runAction } from './common-options.ts'

/** The group `openclaw backup`: descriptions only. */
export function addBackupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .description('copy the database while the gateway runs, check a copy, and put one back')
  addExamples(backup, [
    'backup create',
    'backup verify pairgate-backup.db',
    'backup restore pairgate-backup.db --yes',
  ])

  const create = backup
    .command('create')
    .description('copy the embedded database into one file, while the gateway runs; keys are left out')
    .option('--out <path>', 'file, or directory for a file with the time in its name (default: here)')
    .option('--force', 'replace a file that is there')
    .option('--json', 'print JSON, for programs')
  addExamples(create, ['backup create', 'backup create --out /var/backups --json'])
  create.action((options: CreateOptions) =>
    runAction(options.json, async () => (await import('./backup-create.ts')).createBackupFile(options)),
  )

  const verify = backup
    .command('verify')
    .description('check all of a backup with the keys of this state directory; changes nothing')
    .argument('<file>', 'the backup')
    .option('--json', 'print JSON, for programs')
  addExamples(verify, ['backup verify pairgate-backup.db'])
  verify.action((file: string, options: VerifyOptions) =>
    runAction(options.json, async () => (await import('./backup-verify.ts')).verifyBackupFile(file, options)),
  )

  const restore = backup
    .command('restore')
    .description('put a backup in the place of the database, while the gateway is stopped')
    .argument('<file>', 'the backup')
    .option('--yes', 'really do it; without it the backup is only checked')
    .option('--json', 'print JSON, for programs')
  addExamples(restore, ['backup restore pairgate-backup.db', 'backup restore pairgate-backup.db --yes'])
  restore.action((file: string, options: RestoreOptions) =>
    runAction(options.json, async () => (await import('./backup-restore.ts')).restoreFile(file, options)),
  )
}
