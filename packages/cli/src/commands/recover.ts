import type { Command } from 'commander'
import { addExamples, runAction } from './common-options.ts'
import type { RecoverLogOptions } from './recover-log.ts'

/** `openclaw recover`: description only. */
export function addRecoverCommand(program: Command): void {
  const recover = program
    .command('recover')
    .description('go on with an event log that is not complete, after the gateway refused to start')
    .option('--accept-rollback', 'yes: revoke every token, and open a new epoch of the log')
    .option('--json', 'print JSON, for programs')
  addExamples(recover, ['recover', 'recover --accept-rollback'])
  recover.action((options: RecoverLogOptions) =>
    runAction(options.json, async () => (await import('./recover-log.ts')).recoverLog(options)),
  )
}
