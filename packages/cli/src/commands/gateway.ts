import { type Command, Option } from 'commander'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'
import type { AuthTokenOptions } from './gateway-auth-token.ts'
import type { RekeyOptions } from './gateway-rekey.ts'
import type { RunOptions } from './gateway-run.ts'
import type { StatusOptions } from './gateway-status.ts'

/** The group `openclaw gateway`: descriptions only. */
export function addGatewayCommands(program: Command): void {
  const gateway = program.command('gateway').description('run the gateway, and ask how it is')
  addExamples(gateway, ['gateway run', 'gateway status'])
  addRun(gateway)
  addStatus(gateway)
  addRekey(gateway)

  const authToken = gateway
    .command('auth-token')
    .description('show the shared token of the gateway of this machine')
    .option('--show', 'yes, on this screen')
  addExamples(authToken, ['gateway auth-token --show'])
  authToken.action((options: AuthTokenOptions) =>
    runAction(false, async () => (await import('./gateway-auth-token.ts')).showAuthToken(options)),
  )
}

function addRekey(gateway: Command): void {
  const rekey = gateway
    .command('rekey')
    .description('draw every key in secrets/ anew, while the gateway is stopped')
    .option('--yes', 'really do it; without it the command only explains')
    .option('--json', 'print JSON, for programs')
  addExamples(rekey, ['gateway rekey', 'gateway rekey --yes'])
  rekey.action((options: RekeyOptions) =>
    runAction(options.json, async () => (await import('./gateway-rekey.ts')).rekey(options)),
  )
}

function addRun(gateway: Command): void {
  const run = gateway
    .command('run')
    .description('run the gateway here, until it is stopped')
    .option('--port <port>', 'TCP port (default: gateway.port, else 18789)')
    .option('--bind <mode>', 'loopback, lan, tailnet, auto or custom (default: gateway.bind, else loopback)')
    .option('--auth <mode>', 'what a device needs before it may ask: pairing, token, password or none')
    .option('--token <token>', 'shared token; better kept in OPENCLAW_GATEWAY_TOKEN')
    .option('--password <password>', 'shared password; better kept in OPENCLAW_GATEWAY_PASSWORD')
    .option('--verbose', 'log every handshake and request too')
    // Scripts for OpenClaw pass it; here a gateway without a config file is simply one with the defaults.
    .addOption(new Option('--allow-unconfigured').hideHelp())
  addExamples(run, ['gateway run', 'gateway run --port 19000 --verbose'])
  run.action((options: RunOptions) =>
    runAction(false, async () => (await import('./gateway-run.ts')).runGateway(options)),
  )
}

function addStatus(gateway: Command): void {
  const status = gateway
    .command('status')
    .description('tell whether the gateway answers, and what it is')
    .option('--require-rpc', 'fail unless it answers')
  addExamples(addGatewayOptions(status), ['gateway status', 'gateway status --json --require-rpc'])
  status.action((options: StatusOptions) =>
    runAction(options.json, async () => (await import('./gateway-status.ts')).showStatus(options)),
  )
}
