import type { GatewaySession } from '@pairgate/client'
import { type AuditEvent, MOST_EXPORTED } from './use-audit.ts'

/** The newest events as JSON lines, the oldest of them first. */
export async function exportAudit(session: GatewaySession, kind: string): Promise<string> {
  const events: AuditEvent[] = []
  for (;;) {
    const last = events.at(-1)
    const page = await session.request('audit.list', {
      limit: 500,
      ...(kind !== '' && { kind }),
      ...(last && { before: last.seq }),
    })
    events.push(...page.events)
    if (page.events.length < 500 || events.length >= MOST_EXPORTED) break
  }
  return events
    .toReversed()
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('')
}

/** Hands a text to the reader as a file. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
