import { migrateOpenClaw } from '@pairgate/gateway'
import { printJson } from '../output/print-json.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { explainStart } from './explain-start.ts'
import { formatMigration, migrationAsJson } from './migrate-lines.ts'

export interface MigrateImportOptions {
  readonly from?: string
  readonly apply?: boolean
  readonly backup: boolean
  readonly json?: boolean
}

/** Works on both state directories itself: who can read them is the owner of both gateways. */
export async function importForeign({ from, apply, backup, json }: MigrateImportOptions): Promise<void> {
  const done = await explainStart(() => migrateOpenClaw({ env: process.env, from, apply, backup }))
  if (json) printJson(migrationAsJson(done))
  else process.stdout.write(`${formatMigration(done, terminalWidth(process.env)).join('\n')}\n`)
}
