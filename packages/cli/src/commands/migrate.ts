import type { Command } from 'commander'
import { addExamples, runAction } from './common-options.ts'
import type { MigrateImportOptions } from './migrate-import.ts'
import { addMigrateStatus } from './migrate-status-flags.ts'

/** `openclaw migrate` and what belongs to it: descriptions only. */
export function addMigrateCommand(program: Command): void {
  const migrate = program
    .command('migrate')
    .description('take over the devices of an OpenClaw gateway, so that none of them pairs again')
    .option(
      '--from <directory>',
      "OpenClaw's state directory (default: OPENCLAW_STATE_DIR, else ~/.openclaw)",
    )
    .option('--apply', 'really do it, while this gateway is stopped; without it nothing is changed')
    .option('--no-backup', 'make no copy of the database first')
    .option('--json', 'print JSON, for programs')
  addExamples(migrate, ['migrate', 'migrate --apply', 'migrate --from /srv/openclaw --json'])
  migrate.action((options: MigrateImportOptions) =>
    runAction(options.json, async () => (await import('./migrate-import.ts')).importForeign(options)),
  )
  addMigrateStatus(migrate)
}
