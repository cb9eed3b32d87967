import { authorize, type Clock, isSelfScoped, type Principal, whomMayKnow } from '@pairgate/core'
import { EVERY_SESSION, type Instant, seconds } from '@pairgate/protocol'
import { EVENTS, type PresencePayload, type PresenceRow } from '@pairgate/protocol/wire'
import type { Timers } from '../platform/timers.ts'
import { gatewayRow, presenceRow } from '../wire/presence-rows.ts'
import { type Connection, hasExpired } from './connection.ts'

/** Who is connected right now, as far as each may know. */
export interface Presence {
  /**
   * Counts a connection whose hello is about to leave, until it is over.
   * @returns what its hello shows: the gateway and itself, however many others there are.
   */
  join(connection: Connection): readonly PresenceRow[]
  /** The newest rows that a principal may know of. */
  seenBy(viewer: Principal): readonly PresenceRow[]
}

export interface PresenceDeps {
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Timers
  readonly version: string
  readonly startedAt: Instant
  /** Name of the machine; for those who see every session. */
  readonly host: string | undefined
}

/** Rows of one answer or event, at most. */
const MOST_ROWS = 200
/** Changes gather for so long before they are told. */
const BEAT_MS = seconds(1)
/** Rows of all events of one beat together; whoever is left has its turn in the next. */
const ROWS_PER_BEAT = 5_000
/** Commands come and go; listed, they would only flicker. */
const FLEETING: ReadonlySet<string | undefined> = new Set(['cli', 'probe'])

/** The connections behind one row, each with the instant since when. */
type Present = Map<Connection, Instant>

export function createPresence({ clock, timers, version, startedAt, host }: PresenceDeps): Presence {
  /** By device, or by connection where there is none; who joined last comes last. */
  const present = new Map<string, Present>()
  const { changed, hear } = createBeat({ timers, clock, present, seenBy })
  const gateway = {
    forAll: gatewayRow(version, startedAt, undefined),
    forWide: gatewayRow(version, startedAt, host),
  }
  const gatewayFor = (viewer: Principal) => (seesAll(viewer) ? gateway.forWide : gateway.forAll)

  function seenBy(viewer: Principal): readonly PresenceRow[] {
    const mayKnow = whomMayKnow(viewer)
    const now = clock.now()
    const rows = [gatewayFor(viewer)]
    for (const connections of isSelfScoped(viewer) ? own(viewer) : [...present.values()].reverse()) {
      const seen = [...connections].filter(
        ([other]) => other.isOpen && !hasExpired(other, now) && mayKnow(other.principal),
      )
      const row = presenceRow(
        seen.map(([{ principal, metadata }, since]) => ({ principal, metadata, since })),
      )
      if (row && rows.push(row) >= MOST_ROWS) break
    }
    return rows
  }
  function own(viewer: Principal): readonly Present[] {
    const connections = present.get(keyOf(viewer))
    return connections ? [connections] : []
  }

  function list(connection: Connection, since: Instant): void {
    const key = keyOf(connection.principal)
    const connections = (present.get(key) ?? new Map()).set(connection, since)
    // Taken out and put back, for the order.
    present.delete(key)
    present.set(key, connections)
    changed(key, connections.size > 1)
    connection.whenOver(() => {
      connections.delete(connection)
      if (connections.size === 0) present.delete(key)
      changed(key, connections.size > 0)
    })
  }

  return {
    join(connection) {
      const { principal, metadata } = connection
      const since = clock.now()
      const isListed = !FLEETING.has(metadata.clientMode)
      if (isListed) list(connection, since)
      if (!hears(principal)) return []
      if (!isSelfScoped(principal)) hear(connection, present.size > Number(isListed))
      const row = isListed && presenceRow([{ principal, metadata, since }])
      return [gatewayFor(principal), ...(row ? [row] : [])]
    },
    seenBy,
  }
}

interface BeatDeps extends Pick<PresenceDeps, 'timers' | 'clock'> {
  readonly present: ReadonlyMap<string, Present>
  readonly seenBy: Presence['seenBy']
}

/** Tells of changes once in a while, and never too much at once, however many come and go. */
function createBeat({ timers, clock, present, seenBy }: BeatDeps) {
  /** Those who hear of more than their own device. */
  const wide = new Set<Connection>()
  const changedKeys = new Set<string>()
  const due = new Set<Connection>()
  let wideIsDue = false
  let isWaiting = false

  function beatSoon(): void {
    if (isWaiting || !(wideIsDue || changedKeys.size > 0 || due.size > 0)) return
    isWaiting = true
    timers.after(BEAT_MS, () => {
      isWaiting = false
      gather()
      tellDue()
      beatSoon()
    })
  }

  function gather(): void {
    for (const key of changedKeys)
      for (const connection of present.get(key)?.keys() ?? [])
        if (isSelfScoped(connection.principal) && hears(connection.principal)) due.add(connection)
    changedKeys.clear()
    if (wideIsDue) for (const connection of wide) due.add(connection)
    wideIsDue = false
  }

  function tellDue(): void {
    const known = new Map<string, readonly PresenceRow[]>()
    let told = 0
    for (const connection of due) {
      due.delete(connection)
      const { principal } = connection
      if (!connection.isOpen || hasExpired(connection, clock.now())) continue
      const view = viewOf(principal)
      const presence = known.get(view) ?? seenBy(principal)
      known.set(view, presence)
      connection.tell('presence', { presence } satisfies PresencePayload)
      told += presence.length
      if (told >= ROWS_PER_BEAT) return
    }
  }

  return {
    /** A row changed, which other connections of the same device may have to hear. */
    changed(key: string, hasOthers: boolean): void {
      if (hasOthers) changedKeys.add(key)
      wideIsDue ||= wide.size > 0
      beatSoon()
    },
    /** From now on the connection hears of more than its own device, and soon of those who are there. */
    hear(connection: Connection, soon: boolean): void {
      wide.add(connection)
      if (soon) due.add(connection)
      beatSoon()
      connection.whenOver(() => {
        wide.delete(connection)
        due.delete(connection)
      })
    },
  }
}

function keyOf(principal: Principal): string {
  return principal.kind === 'device' ? principal.deviceId : principal.connId
}

function hears(principal: Principal): boolean {
  return authorize(principal, { roles: ['operator'], ...EVENTS.presence }).ok
}

function seesAll(viewer: Principal): boolean {
  return viewer.sessionId === EVERY_SESSION && !isSelfScoped(viewer)
}

/** Those with one view see the same rows: `whomMayKnow` asks for no more. */
function viewOf(viewer: Principal): string {
  return isSelfScoped(viewer) ? `${viewer.sessionId} ${keyOf(viewer)}` : viewer.sessionId
}
