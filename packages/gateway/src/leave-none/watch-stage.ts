import { type AuthPolicy, type Clock, NO_DEVICE, type NoneStage, type Store } from '@pairgate/core'
import { hours } from '@pairgate/protocol'
import type { DuePayload } from '@pairgate/protocol/wire'
import type { Log } from '../platform/log.ts'
import { createRecentlyUsed } from '../platform/recently-used.ts'
import type { Connection } from '../ws/connection.ts'
import type { ConnectionRegistry } from '../ws/connection-registry.ts'

/** Name of the fact how far mode `none` has got. */
export const NONE_STAGE = 'none-stage'

/** When the stage was noted that was reached last, or 0. */
export function stageBegan(text: string | undefined): number {
  const at = text === undefined ? 0 : Number(JSON.parse(text).at)
  return Number.isFinite(at) ? at : 0
}

export interface WatchStageDeps {
  readonly policy: Pick<AuthPolicy, 'noneStage' | 'openDoor'>
  readonly store: Pick<Store, 'read' | 'mutate'>
  readonly clock: Pick<Clock, 'now'>
  readonly registry: Pick<ConnectionRegistry, 'each'>
  readonly log: Log
}

/** How often a client that comes and goes is written into the log. */
const LOGGED_EVERY_MS = hours(1)
const REMEMBERED = 1_000

/**
 * Sees each stage of the way out of mode `none` begin: notes it, so that no clock goes back behind it, and
 * tells those who came in without a pairing until when.
 */
export function createWatchStage({ policy, store, clock, registry, log }: WatchStageDeps) {
  let noted: NoneStage | undefined
  const logged = createRecentlyUsed(REMEMBERED, () => ({ at: Number.NEGATIVE_INFINITY }))

  async function note(stage: NoneStage): Promise<void> {
    const before = await store.read.findMeta(NONE_STAGE)
    if (before !== undefined && JSON.parse(before).stage === stage) return
    const value = JSON.stringify({ stage, at: clock.now() })
    await store.mutate((tx) => tx.saveMeta(NONE_STAGE, value))
    log.warn({ stage, endsAtMs: policy.openDoor?.endsAt }, SAID[stage])
  }

  function warn({ principal, metadata, door }: Connection): void {
    if (!door || door.stage === 'open') return
    const { remoteIp, connId } = principal
    const deviceId =
      'deviceId' in principal && principal.deviceId !== NO_DEVICE ? principal.deviceId : undefined
    const key = deviceId ?? `${metadata.clientId} ${remoteIp}`
    const last = logged(key)
    const now = clock.now()
    if (now - last.at < LOGGED_EVERY_MS) return
    last.at = now
    const about = { deviceId, clientId: metadata.clientId, remoteIp, connId, requestId: door.requestId }
    log.warn({ ...about, endsAtMs: door.endsAt }, 'let in without a pairing, only until mode none ends')
  }

  return {
    /** Asked once a second. */
    async look(): Promise<void> {
      const stage = policy.noneStage
      if (stage === undefined || stage === noted) return
      await note(stage)
      noted = stage
      if (stage !== 'warn') return
      registry.each((connection) => {
        const { door } = connection
        if (!door || door.endsAt === undefined) return
        connection.tell('device.pair.due', dueOf(door.endsAt, door.requestId))
        warn(connection)
      })
    },
    /** A connection whose hello has left. */
    onOpen(connection: Connection): void {
      if (connection.door?.stage === 'warn') warn(connection)
    },
  }
}

export type WatchStage = ReturnType<typeof createWatchStage>

const SAID: Readonly<Record<NoneStage, string>> = {
  open: 'gateway.auth.mode is none, and its way out has not begun',
  observe: 'mode none: from now on is written down who is let in without a pairing',
  warn: 'mode none: from now on is told who is let in without a pairing',
  enforce: 'mode none has ended: only paired devices get in',
}

function dueOf(endsAtMs: number, requestId: string | undefined): DuePayload {
  return { endsAtMs, ...(requestId !== undefined && { requestId }) }
}
