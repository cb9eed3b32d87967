import type { Command } from 'commander'
import { CommandError } from '../output/command-error.ts'
import { addExamples, addGatewayOptions, type CommonOptions, runAction } from './common-options.ts'
import type { InviteOptions } from './pair-invite.ts'
import type { ConfirmOptions, ListOptions } from './pair-manage.ts'
import type { RedeemOptions } from './pair-redeem.ts'

interface PairOptions extends InviteOptions, RedeemOptions {
  readonly claim?: boolean
}

/** `openclaw pair`: descriptions only. Without an argument it invites, with one it joins. */
export function addPairCommands(program: Command): void {
  const pair = program
    .command('pair')
    .description('let a device in: invite one, or join with a code, a link or a setup code')
    // Six digits may come with a space between, which the shell takes for two words.
    .argument('[invitation...]', 'what was handed out; `-` reads it from standard input')
    .option('--role <role>', 'operator or node (default: operator, or what a link is for)')
    .option('--scope <scope...>', 'scopes to give (default: operator.read)')
    .option('--session <key>', 'session that the token opens: a key, "new", or "*" for all')
    .option('--expires <duration>', 'lifetime of the token, such as 12h or 30d')
    .option('--label <text>', 'what the invitation is for, and a name for the device')
    .option('--ttl <duration>', 'lifetime of the invitation (default: 10m)')
    .option('--confirm', 'let nobody in before you have compared six words')
    .option('--claim', 'the code and the link that make the first owner, on the host')
    .option('--qr', 'show a QR code also where no terminal is seen')
    .option('--no-qr', 'without a QR code')
    .option('--name <name>', 'how this device introduces itself (default: the name of the machine)')
    .option('--wait', 'wait until a device has joined, or until this one is let in (default)')
    .option('--no-wait', 'leave at once')
    .enablePositionalOptions()
  addExamples(addGatewayOptions(pair, 'lines'), [
    'pair',
    'pair --scope operator.read operator.write --expires 30d --label "Kitchen tablet"',
    'pair 482 913 --url wss://gateway.example',
    'pair - < link.txt',
    'pair --claim',
  ])
  pair.action((words: readonly string[], options: PairOptions) =>
    runAction(options.json, () => inviteOrJoin(words, options), 'lines'),
  )
  addManageCommands(pair)
}

async function inviteOrJoin(words: readonly string[], options: PairOptions): Promise<void> {
  if (options.claim && words.length > 0)
    throw new CommandError('--claim shows an invitation, and needs none.', {
      next: ['On the new device leave out --claim; on the host leave out the invitation.'],
    })
  if (options.claim) return (await import('./pair-claim.ts')).showClaim(options)
  if (words.length > 0) return (await import('./pair-redeem.ts')).redeemInvitation(words, options)
  return (await import('./pair-invite.ts')).inviteDevice(options)
}

function addManageCommands(pair: Command): void {
  const list = pair.command('list').description('list open invitations, and who waits to be confirmed')
  list.option('--all', 'also those that ended within the last day')
  addExamples(addGatewayOptions(list), ['pair list', 'pair list --all --json'])
  list.action((options: ListOptions) =>
    runAction(options.json, async () => (await import('./pair-manage.ts')).listInvitations(options)),
  )

  const cancel = pair
    .command('cancel')
    .description('end an invitation that nobody has used')
    .argument('<id>', 'invitation id, or its first 8 letters')
  addExamples(addGatewayOptions(cancel), ['pair cancel 935cddd1'])
  cancel.action((id: string, options: CommonOptions) =>
    runAction(options.json, async () => (await import('./pair-manage.ts')).cancelInvitation(id, options)),
  )

  const confirm = pair
    .command('confirm')
    .description('let in a device that brought an invitation, after comparing its six words')
    .argument('<id>', 'invitation id, or its first 8 letters')
    .argument('[requestId]', 'of the device, where several brought it')
    .option('--yes', 'without a question: the words have been compared')
  addExamples(addGatewayOptions(confirm), ['pair confirm 935cddd1', 'pair confirm 935cddd1 80d2a226 --yes'])
  confirm.action((id: string, requestId: string | undefined, options: ConfirmOptions) =>
    runAction(options.json, async () =>
      (await import('./pair-manage.ts')).confirmInvitation(id, requestId, options),
    ),
  )
}
