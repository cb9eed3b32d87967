import type { Store, StoreReader } from '@pairgate/core'
import { seconds } from '@pairgate/protocol'
import { StoreUnavailable } from '@pairgate/store'
import type { Log } from '../platform/log.ts'
import type { Timers } from '../platform/timers.ts'

/** A database whose failures somebody notices. */
export interface DatabaseWatch {
  /** The same store. */
  readonly store: Store
  /** Whether the last that was read or written failed. */
  readonly isAway: boolean
  /** Asks the database and answers soon, whatever it does; one question at a time, however many want to know. */
  check(): Promise<boolean>
}

export interface DatabaseWatchDeps {
  readonly store: Store
  readonly timers: Timers
  readonly log: Log
}

/** How long a check waits for the database, and how long an answer of it is good. */
const PATIENCE_MS = seconds(1)
const GOOD_FOR_MS = seconds(1)

/** Under this name a check tries to write. */
const TRIAL = 'write-trial'

/**
 * Learns from every call how the database is, and says once when it goes away and once when it is back: a
 * line per call would fill the very disk that is full. A healthy database is only asked to read, because a
 * write a second would cost a flush each, for ever, to find out what the next decision finds out anyway.
 * Only after a write has failed is a write tried, until one succeeds.
 */
export function watchDatabase({ store, timers, log }: DatabaseWatchDeps): DatabaseWatch {
  const outage = createOutage(log)

  async function observe<T>(side: Side, call: () => Promise<T>): Promise<T> {
    try {
      const result = await call()
      outage.worked(side)
      return result
    } catch (error) {
      if (isDatabaseAway(error)) outage.failed(side, error)
      throw error
    }
  }
  const watched: Store = {
    read: watchReads(store.read, (call) => observe('read', call)),
    mutate: (work) => observe('write', () => store.mutate(work)),
    noteTokenUse: (...values) => observe('write', () => store.noteTokenUse(...values)),
    forgetRequests: (...values) => observe('write', () => store.forgetRequests(...values)),
    forgetAccessTokens: (...values) => observe('write', () => store.forgetAccessTokens(...values)),
    forgetInvitations: (...values) => observe('write', () => store.forgetInvitations(...values)),
    mergeCounters: (...values) => observe('write', () => store.mergeCounters(...values)),
    mergeFeed: (...values) => observe('write', () => store.mergeFeed(...values)),
    trimFeed: (...values) => observe('write', () => store.trimFeed(...values)),
    forgetFeed: (...values) => observe('write', () => store.forgetFeed(...values)),
    saveGuests: (...values) => observe('write', () => store.saveGuests(...values)),
    trimGuests: (...values) => observe('write', () => store.trimGuests(...values)),
    forgetGuest: (...values) => observe('write', () => store.forgetGuest(...values)),
    // Answers also when nothing could be written, so it tells nothing of an outage.
    scrub: store.scrub,
    close: store.close,
  }

  async function ask(): Promise<boolean> {
    try {
      await watched.read.headSeq()
      if (outage.isOn) await watched.mutate((tx) => tx.saveMeta(TRIAL, 'written'))
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
    }
    return !outage.isOn
  }
  const check = createPatientCheck(ask, timers)
  return {
    store: watched,
    get isAway() {
      return outage.isOn
    },
    // A good answer may be a second old, and a failure that was seen since is not.
    check: async () => (await check()) && !outage.isOn,
  }
}

/** Whether the database, and not what it was asked, is at fault. */
export function isDatabaseAway(error: unknown): error is StoreUnavailable {
  return error instanceof StoreUnavailable
}

type Side = 'read' | 'write'

function createOutage(log: Log) {
  const failing = new Set<Side>()
  let failed = 0
  return {
    get isOn() {
      return failing.size > 0
    },
    failed(side: Side, error: StoreUnavailable): void {
      if (failing.size === 0) log.error({ err: error, reason: error.reason }, 'the database is away')
      failing.add(side)
      failed += 1
    },
    worked(side: Side): void {
      if (!failing.delete(side) || failing.size > 0) return
      log.info({ failed }, 'the database is back')
      failed = 0
    },
  }
}

function watchReads(
  read: StoreReader,
  observe: (call: () => Promise<unknown>) => Promise<unknown>,
): StoreReader {
  const methods = Object.entries(read).map(([name, method]: [string, AnyRead]) => [
    name,
    (...values: readonly unknown[]) => observe(() => method(...values)),
  ])
  return Object.fromEntries(methods)
}

type AnyRead = (...values: readonly unknown[]) => Promise<unknown>

/** While a question is on its way nobody asks another one, so a database that hangs is not piled up on. */
function createPatientCheck(ask: () => Promise<boolean>, timers: Timers): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  let isLate = false

  async function askOnce(): Promise<boolean> {
    const cancel = timers.after(PATIENCE_MS, () => {
      isLate = true
    })
    try {
      return await ask()
    } finally {
      cancel()
      isLate = false
      timers.after(GOOD_FOR_MS, () => {
        asked = undefined
      })
    }
  }
  return async () => {
    asked ??= askOnce()
    if (isLate) return false
    const late = Promise.withResolvers<boolean>()
    const cancel = timers.after(PATIENCE_MS, () => late.resolve(false))
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      cancel()
    }
  }
}
