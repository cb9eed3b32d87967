import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

const PARAMS = { bootstrapProfile: 'node', includeQr: false, joinUrl: true } as const

/** `openclaw devices join-code`: a link that lets one node in. */
export async function printJoinCode(options: CommonOptions): Promise<void> {
  const made = await withLink(linkFor(options, 'device.pair.setupCode'), (link) =>
    link.request('device.pair.setupCode', PARAMS, ['operator.admin']),
  )
  if (made.joinUrl === undefined) throw new CommandError('The gateway made no join link.')
  if (options.json) printJson(made)
  else process.stdout.write(`${made.joinUrl}\nnpx openclaw connect ${made.joinUrl}\n`)
}
