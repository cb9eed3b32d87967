import { formatJsonLine } from './json-line.ts'
import type { AuditRow } from './wire/audit-rows.ts'

/** An event as exports hold it. Every line has the same fields, so that programs need not ask which there are. */
export function formatAuditLine(event: AuditRow): string {
  const time = new Date(event.at)
  return formatJsonLine({
    seq: event.seq,
    // A row that was tampered with may hold a number that is no time.
    at: Number.isNaN(time.getTime()) ? String(event.at) : time.toISOString(),
    epoch: event.epoch,
    actor: event.actor,
    via: event.via ?? null,
    address: event.address ?? null,
    kind: event.kind,
    device: event.deviceId ?? null,
    role: event.role ?? null,
    request: event.requestId ?? null,
    token: event.tokenId ?? null,
    before: event.before ?? null,
    after: event.after ?? null,
    erased: event.erased ?? false,
    mac: event.mac,
  })
}
