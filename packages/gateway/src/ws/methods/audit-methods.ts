import { CHAIN_FAULTS, type Core, findEventSince, ok, refuse, type StoreReader } from '@pairgate/core'
import { type Instant, parseDeviceId } from '@pairgate/protocol'
import type { AuditErasure, AuditFeed, AuditList, AuditPruning, AuditVerdict } from '@pairgate/protocol/wire'
import type { Log } from '../../platform/log.ts'
import type { EventHeadFile } from '../../state/event-head.ts'
import { auditRow, feedEntry } from '../../wire/event-to-wire.ts'
import type { Handler } from './method-handlers.ts'

export interface AuditMethodsDeps {
  readonly read: Pick<StoreReader, 'listEventRecords' | 'eventRecordsAfter' | 'headSeq' | 'listFeed'>
  readonly heads: Pick<EventHeadFile, 'head'>
  readonly core: Pick<
    Core,
    'verifyChain' | 'eraseDetails' | 'countErasable' | 'keepFeed' | 'pruneLog' | 'planPrune'
  >
  readonly log: Log
}

export interface AuditMethods {
  readonly list: Handler<'audit.list'>
  readonly verify: Handler<'audit.verify'>
  readonly feed: Handler<'audit.feed'>
  readonly erase: Handler<'audit.erase'>
  readonly prune: Handler<'audit.prune'>
}

const LISTED = 50
const NO_END = Number.MAX_SAFE_INTEGER

/** `audit.*`: the event log for admins. It speaks of everybody, so nobody else may read any of it. */
export function createAuditMethods({ read, heads, core, log }: AuditMethodsDeps): AuditMethods {
  return {
    async list(_connection, { limit = LISTED, before, deviceId, kind, sinceMs, untilMs }) {
      const from = sinceMs === undefined ? undefined : await findEventSince(read, sinceMs)
      const end = untilMs === undefined ? NO_END : await findEventSince(read, untilMs)
      const span = { from, before: Math.min(before ?? NO_END, end) }
      const records = await read.listEventRecords({ limit, ...span, deviceId, kind })
      const [oldest] = await read.eventRecordsAfter(0, 1)
      const first = oldest?.seq ?? 0
      return ok({ events: records.map(auditRow), head: heads.head, first } satisfies AuditList)
    },
    async verify() {
      // Asked before the first row is read: what is decided meanwhile only makes the log longer.
      const verdict = await core.verifyChain({ head: heads.head })
      if (verdict.ok) return ok(verdict satisfies AuditVerdict)
      const { seq, fault } = verdict
      log.error({ seq, fault }, 'the event log does not verify')
      return ok({ ok: false, seq, fault, ...CHAIN_FAULTS[fault] } satisfies AuditVerdict)
    },
    async feed(_connection, { limit = LISTED }) {
      // What was noted a moment ago belongs to the answer.
      await core.keepFeed()
      const rows = await read.listFeed(limit)
      return ok({ entries: rows.map(feedEntry) } satisfies AuditFeed)
    },
    async erase({ principal }, { preview, ...params }) {
      const deviceId = params.deviceId === undefined ? undefined : parseDeviceId(params.deviceId)
      if (params.deviceId !== undefined && !deviceId) return refuse({ reason: 'device-unknown', deviceId })
      // Nothing named is no order to erase everything.
      if (!deviceId && params.before === undefined) return refuse({ reason: 'choice-missing' })
      const order = { deviceId, before: params.before as Instant | undefined }
      if (preview) return ok({ events: await core.countErasable(order) } satisfies AuditErasure)
      const erased = await core.eraseDetails(principal, order)
      return erased.ok ? ok(erased.value satisfies AuditErasure) : erased
    },
    async prune({ principal }, { preview, before, beforeSeq }) {
      if (before === undefined && beforeSeq === undefined) return refuse({ reason: 'bound-missing' })
      const order = { before: before as Instant | undefined, beforeSeq }
      if (preview) return ok((await core.planPrune(order)) satisfies AuditPruning)
      const pruned = await core.pruneLog(principal, order)
      return pruned.ok ? ok(pruned.value satisfies AuditPruning) : pruned
    },
  }
}
