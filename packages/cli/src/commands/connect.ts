import type { Command } from 'commander'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'
import type { ConnectOptions } from './connect-device.ts'

/** `openclaw connect`: description only. */
export function addConnectCommand(program: Command): void {
  const connect = program
    .command('connect')
    .description('pair this machine with a gateway, or check that it still is')
    .argument('[invitation]', 'a link or setup code that was handed out: the same as `openclaw pair`')
    .option('--role <role>', 'operator controls, node offers capabilities (default: operator)')
    .option('--scope <scope...>', 'scopes to ask for (default: operator.read)')
    .option('--name <name>', 'how this device introduces itself (default: the name of the machine)')
    .option('--wait', 'wait until an operator has decided (default)')
    .option('--no-wait', 'ask, and leave at once')
  addExamples(addGatewayOptions(connect, 'lines'), [
    'connect --url wss://gateway.example',
    'connect --url ws://127.0.0.1:18789 --scope operator.read operator.pairing',
    'connect --url wss://gateway.example --role node --name "Build node" --no-wait --json',
  ])
  connect.action((invitation: string | undefined, options: ConnectOptions) =>
    runAction(
      options.json,
      async () =>
        invitation === undefined
          ? (await import('./connect-device.ts')).connectDevice(options)
          : (await import('./pair-redeem.ts')).redeemInvitation([invitation], options),
      'lines',
    ),
  )
}
