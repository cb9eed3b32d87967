import { eventLines } from '../audit/describe-event.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { withLink } from '../target/gateway-link.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export async function showEvent(seq: number, options: CommonOptions): Promise<void> {
  const { events, head, first } = await withLink(linkFor(options, 'audit.list'), (link) =>
    link.request('audit.list', { before: seq + 1, limit: 1 }, ADMIN_SCOPES),
  )
  const [event] = events
  if (event?.seq !== seq) {
    throw new CommandError(`There is no event ${seq}.`, {
      next: whyMissing(seq, first, head.seq),
    })
  }
  if (options.json) printJson(event)
  else process.stdout.write(`${eventLines(event).join('\n')}\n`)
}

function whyMissing(seq: number, first: number, newest: number): readonly string[] {
  if (seq > newest) return [`The newest one is ${newest}.`]
  if (seq < first) return [`The log begins at ${first}. Was it pruned? openclaw audit verify`]
  return ['Find out why: openclaw audit verify']
}
