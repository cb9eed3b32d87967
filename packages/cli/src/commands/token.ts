import type { Command } from 'commander'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'
import type { TokenOptions } from './token-access.ts'

/** `openclaw token`: description only. */
export function addTokenCommand(program: Command): void {
  const token = program
    .command('token')
    .description('make a short-lived access token of this device, for HTTP requests')
    .option('--ttl <time>', 'how long it is good, at most 60m (default: 5m)')
    .option('--audience <origin>', 'the one app that it is for, such as https://app.example')
    .option(
      '--scope <scope...>',
      'scopes it holds (default: those of this device, without admin and pairing)',
    )
    .option('--role <role>', 'operator or node', 'operator')
  addExamples(addGatewayOptions(token), [
    'token',
    'token --ttl 15m --scope operator.read --audience https://app.example',
    'token --json',
  ])
  token.action((options: TokenOptions) =>
    runAction(options.json, async () => (await import('./token-access.ts')).printAccessToken(options)),
  )
}
