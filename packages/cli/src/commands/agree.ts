import { CommandError } from '../output/command-error.ts'
import { canAsk } from '../platform/terminal.ts'

export interface AgreeOptions {
  readonly yes?: boolean
  readonly json?: boolean
  /** `<verb> them?` when left out. */
  readonly question?: string
}

/** Goes on only if `--yes` was given or a person says so, after a look at what is going to happen. */
export async function agree(
  nothingDone: string,
  verb: string,
  lines: readonly string[],
  { yes, json, question = `${verb} them?` }: AgreeOptions,
): Promise<void> {
  if (yes) return
  if (!canAsk() || json) throw new CommandError(nothingDone, { next: [...lines, 'To do it, add --yes.'] })
  process.stdout.write(`${lines.join('\n')}\n\n`)
  const { confirm } = await import('@clack/prompts')
  const answer = await confirm({
    message: question,
    active: verb,
    inactive: 'Leave',
    initialValue: false,
  })
  if (answer !== true) throw new CommandError(nothingDone)
}
