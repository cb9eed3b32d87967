import type { Command } from 'commander'
import { addExamples, addGatewayOptions, type CommonOptions, runAction } from './common-options.ts'
import type { ApproveOptions } from './devices-approve.ts'
import type { ClearOptions, RenameOptions } from './devices-change.ts'
import type { ExtendOptions, MoveOptions } from './devices-extend.ts'
import type { ListOptions } from './devices-list.ts'
import type { RevokeOptions, RotateOptions } from './devices-tokens.ts'
import { countOf } from './read-count.ts'

/** The group `openclaw devices`: descriptions only, so that help and typos cost no more than this file. */
export function addDevicesCommands(program: Command): void {
  const devices = program.command('devices').description('pairing requests, paired devices and their tokens')
  addExamples(devices, [
    'devices list',
    'devices approve 935cddd1',
    'devices revoke --device 80d2a226 --role operator',
  ])
  addLookCommands(devices)
  addApprove(devices)
  addChangeCommands(devices)
  addTokenCommands(devices)
  addLifeCommands(devices)
  addJoinCode(devices)
}

function addLookCommands(devices: Command): void {
  const list = devices.command('list').description('list pending requests and paired devices')
  list.option(
    '--search <text>',
    'only devices with this in their name or address, or at the start of their id',
  )
  list.option('--limit <n>', 'show so many devices at most', countOf('--limit'))
  list.option('--sort <by>', 'sort devices by name, paired, seen or expires')
  list.option('--watch', 'show the list again whenever it changes, until Ctrl+C')
  addExamples(addGatewayOptions(list), [
    'devices list',
    'devices list --json',
    'devices list --search kitchen --limit 20',
    'devices list --watch',
  ])
  list.action((options: ListOptions & { readonly watch?: boolean }) =>
    runAction(
      options.json,
      async () =>
        options.watch
          ? (await import('./devices-watch.ts')).watchDevices(options)
          : (await import('./devices-list.ts')).listDevices(options),
      options.watch ? 'lines' : 'value',
    ),
  )

  const show = devices
    .command('show')
    .description('show all about one device or request')
    .argument('<id>', 'device or request id, or its first 8 letters')
  addExamples(addGatewayOptions(show), ['devices show 80d2a226', 'devices show 935cddd1 --json'])
  show.action((id: string, options: CommonOptions) =>
    runAction(options.json, async () => (await import('./devices-show.ts')).showDevice(id, options)),
  )
}

function addApprove(devices: Command): void {
  const approve = devices
    .command('approve')
    .description('approve a pairing request')
    .argument('[requestId]', 'request id, or its first 8 letters')
    .option('--latest', 'the newest request, after a look at it')
    .option('--scope <scope...>', 'grant these scopes only, of those requested')
    .option('--session <key>', 'session that the token opens: a key, "new", or "*" for all')
    .option('--expires <duration>', 'lifetime of the token, such as 12h or 30d, or never')
    .option('--label <text>', 'name for the device')
  addExamples(addGatewayOptions(approve), [
    'devices approve 935cddd1',
    'devices approve --latest',
    'devices approve 935cddd1 --scope operator.read --expires 30d',
  ])
  approve.action((id: string | undefined, options: ApproveOptions) =>
    runAction(options.json, async () => (await import('./devices-approve.ts')).approveDevice(id, options)),
  )
}

function addChangeCommands(devices: Command): void {
  const reject = devices
    .command('reject')
    .description('reject a pairing request')
    .argument('<requestId>', 'request id, or its first 8 letters')
  addExamples(addGatewayOptions(reject), ['devices reject 935cddd1'])
  reject.action((id: string, options: CommonOptions) =>
    runAction(options.json, async () => (await import('./devices-change.ts')).rejectRequest(id, options)),
  )

  const remove = devices
    .command('remove')
    .description('remove a device and all its tokens')
    .argument('<deviceId>', 'device id, or its first 8 letters')
  addExamples(addGatewayOptions(remove), ['devices remove 80d2a226'])
  remove.action((id: string, options: CommonOptions) =>
    runAction(options.json, async () => (await import('./devices-change.ts')).removeDevice(id, options)),
  )

  const rename = devices
    .command('rename')
    .description('give a device a name of your own')
    .requiredOption('--device <id>', 'device id, or its first 8 letters')
    .requiredOption('--name <label>', 'the name, up to 64 letters')
  addExamples(addGatewayOptions(rename), ['devices rename --device 80d2a226 --name "Kitchen tablet"'])
  rename.action((options: RenameOptions) =>
    runAction(options.json, async () => (await import('./devices-change.ts')).renameDevice(options)),
  )

  const clear = devices
    .command('clear')
    .description('remove all paired devices')
    .option('--yes', 'really do it')
    .option('--pending', 'reject all open requests as well')
  addExamples(addGatewayOptions(clear), ['devices clear --yes', 'devices clear --yes --pending --json'])
  clear.action((options: ClearOptions) =>
    runAction(options.json, async () => (await import('./devices-change.ts')).clearDevices(options)),
  )
}

function addJoinCode(devices: Command): void {
  const joinCode = devices
    .command('join-code')
    .description('print a link that lets one node in; it can be fetched once')
  addExamples(addGatewayOptions(joinCode), ['devices join-code'])
  joinCode.action((options: CommonOptions) =>
    runAction(options.json, async () => (await import('./devices-join-code.ts')).printJoinCode(options)),
  )
}

// These two speak JSON also when nobody asks for it, on failures too (cli fact 1).
function addTokenCommands(devices: Command): void {
  const rotate = devices
    .command('rotate')
    .description("replace a device's token; the device fetches the new one by itself")
    .requiredOption('--device <id>', 'device id, or its first 8 letters')
    .requiredOption('--role <role>', 'role of the token: operator or node')
    .option('--scope <scope...>', 'scopes of the new token, of those approved')
    .option('--no-scopes', 'no scopes at all')
  addExamples(addGatewayOptions(rotate), [
    'devices rotate --device 80d2a226 --role operator',
    'devices rotate --device 80d2a226 --role operator --scope operator.read --scope operator.write',
  ])
  rotate.action((options: RotateOptions) =>
    runAction(true, async () => (await import('./devices-tokens.ts')).rotateToken(options)),
  )

  const revoke = devices
    .command('revoke')
    .description("revoke a device's token at once")
    .requiredOption('--device <id>', 'device id, or its first 8 letters')
    .requiredOption('--role <role>', 'role of the token: operator or node')
    .option('--cascade', 'along with every device that it had let in')
  addExamples(addGatewayOptions(revoke), [
    'devices revoke --device 80d2a226 --role node',
    'devices revoke --device 80d2a226 --role operator --cascade',
  ])
  revoke.action((options: RevokeOptions) =>
    runAction(true, async () => (await import('./devices-tokens.ts')).revokeToken(options)),
  )
}

function addLifeCommands(devices: Command): void {
  const extend = devices
    .command('extend')
    .description("give a device's token more or less time, without pairing again")
    .argument('<deviceId>', 'device id, or its first 8 letters')
    .requiredOption('--expires <duration>', 'lifetime from now on, such as 12h or 30d, or never')
    .option('--role <role>', "role of the token: operator or node (default: that of the device's only token)")
  addExamples(addGatewayOptions(extend), [
    'devices extend 80d2a226 --expires 30d',
    'devices extend 80d2a226 --expires never --role node',
  ])
  extend.action((id: string, options: ExtendOptions) =>
    runAction(options.json, async () => (await import('./devices-extend.ts')).extendToken(id, options)),
  )

  const move = devices
    .command('move')
    .description("let a device's token open another session")
    .argument('<deviceId>', 'device id, or its first 8 letters')
    .requiredOption('--session <key>', 'a session key, "new", or "*" for all')
    .option('--role <role>', "role of the token: operator or node (default: that of the device's only token)")
  addExamples(addGatewayOptions(move), [
    'devices move 80d2a226 --session work',
    'devices move 80d2a226 --session new --json',
  ])
  move.action((id: string, options: MoveOptions) =>
    runAction(options.json, async () => (await import('./devices-extend.ts')).moveToken(id, options)),
  )
}
