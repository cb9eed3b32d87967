import type { AuditVerdict } from '@pairgate/protocol/wire'
import { eventsText, isoTime } from '../audit/describe-event.ts'
import { EXIT } from '../exit-codes.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold, green } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { withLink } from '../target/gateway-link.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export async function verifyLog(options: CommonOptions): Promise<void> {
  const verdict = await withLink(linkFor(options, 'audit.verify'), (link) =>
    link.request('audit.verify', {}, ADMIN_SCOPES),
  )
  if (options.json) printJson(verdict)
  else process.stdout.write(`${formatVerdict(verdict).join('\n')}\n`)
  // Not an error of the command: it has done its work, and this is what it found.
  if (!verdict.ok) process.exitCode = EXIT.failed
}

export function formatVerdict(verdict: AuditVerdict): readonly string[] {
  if (!verdict.ok) {
    const { seq, what, fault, advice } = verdict
    return [
      bold(`The event log does not verify: event ${seq} ${cleanText(what)} (${cleanText(fault)}).`),
      cleanText(advice, 1_000),
    ]
  }
  const { events, from, to, head, erased, unsealed, accepted, checkpoint } = verdict
  if (events === 0) return [green('The event log is empty, as it should be.')]
  return [
    green(`The event log verifies: ${eventsText(events)}, ${from} to ${to}.`),
    `Head: epoch ${head.epoch}, event ${head.seq}, seal ${cleanText(head.mac)}`,
    ...(checkpoint
      ? [
          `Pruned up to event ${checkpoint.seq} of ${isoTime(checkpoint.at)}, as the sealed event ${checkpoint.event} says.`,
        ]
      : []),
    ...(erased > 0 ? [`The details of ${erased} events were erased.`] : []),
    ...(unsealed > 0 ? [`${unsealed} events are older than the seal, so nothing is known of them.`] : []),
    ...accepted.map(
      ({ seq, fault }) =>
        `Event ${seq} is at fault (${cleanText(fault)}), which a recovery went on with; what follows it up to that recovery was not verified.`,
    ),
  ]
}
