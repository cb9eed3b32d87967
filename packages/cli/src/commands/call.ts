import type { Command } from 'commander'
import type { CallOptions } from './call-method.ts'
import { addExamples, addGatewayOptions, runAction } from './common-options.ts'

/** `openclaw call`: description only. OpenClaw has it as `gateway call`, so that spelling works as well. */
export function addCallCommand(program: Command): void {
  const gateway = program.commands.find((command) => command.name() === 'gateway')
  for (const parent of gateway ? [program, gateway] : [program]) addCall(parent)
}

function addCall(parent: Command): void {
  const call = parent
    .command('call')
    .description('call one method of the gateway and print what it answers')
    .argument('<method>', 'name of the method')
    .argument('[params]', 'its parameters as JSON; "-" reads them from standard input')
    .option('--params <json>', 'the same, as OpenClaw writes it')
    .option('--role <role>', 'operator or node', 'operator')
    .option('--scope <scope...>', 'scopes to ask for (default: what the method needs)')
  addExamples(addGatewayOptions(call), [
    'call health',
    "call device.pair.list '{}'",
    'call device.pair.list - < params.json',
  ])
  call.action((method: string, params: string | undefined, options: CallOptions) =>
    runAction(options.json, async () =>
      (await import('./call-method.ts')).callMethod(method, params, options),
    ),
  )
}
