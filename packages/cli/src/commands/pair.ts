import type { Command } from 'commander'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'
import type { RedeemOptions } from './pair-redeem.ts'

/** `openclaw pair`: descriptions only. */
export function addPairCommands(program: Command): void {
  const pair = program
    .command('pair')
    .description('let this machine in with a code, a link or a setup code')
    // Six digits may come with a space between, which the shell takes for two words.
    .argument('<invitation...>', 'what was handed out; `-` reads it from standard input')
    .option('--role <role>', 'operator or node (default: whatever the link or setup code is for)')
    .option('--name <name>', 'how this device introduces itself (default: the name of the machine)')
    .option('--wait', 'wait until an operator has confirmed, where that is needed (default)')
    .option('--no-wait', 'leave at once')
  addExamples(addGatewayOptions(pair), [
    'pair 482 913 --url wss://gateway.example',
    'pair - < link.txt',
    'pair eyJ1cmwiOi… --name "Pocket phone" --json',
  ])
  pair.action((words: readonly string[], options: RedeemOptions) =>
    runAction(options.json, async () => (await import('./pair-redeem.ts')).redeemInvitation(words, options)),
  )
}
