import { parseDuration } from '@pairgate/protocol'
import type { Command } from 'commander'
import { CommandError } from '../output/command-error.ts'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'
import type { StatusOptions } from './migrate-status.ts'

/** `openclaw migrate status`: description only. */
export function addMigrateStatus(migrate: Command): void {
  const status = migrate
    .command('status')
    .description('say who would be locked out if mode "none" ended today; exit code 1 if anybody would')
    .option('--seen <duration>', 'only clients that were here within that time, such as 7d', readSpan)
  addExamples(addGatewayOptions(status), ['migrate status', 'migrate status --seen 14d --json'])
  status.action((options: StatusOptions) =>
    runAction(options.json, async () => (await import('./migrate-status.ts')).showMigration(options)),
  )
}

function readSpan(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new CommandError(`A duration such as 12h or 14d is needed. Received: "${text}".`)
}
