import { homedir } from 'node:os'
import {
  type ChainVerdict,
  createAppendEvent,
  createRecoverLog,
  createVerifyChain,
  type EventHead,
  type EventSeal,
  type Recovery,
  type Store,
} from '@pairgate/core'
import { readGatewayConfig } from './config/read-config.ts'
import { type Env, resolveStateDir, type StatePaths, statePaths } from './config/state-dir.ts'
import { createNodeCrypto } from './platform/node-crypto.ts'
import { createNodeRandom } from './platform/node-random.ts'
import { createSystemClock } from './platform/system-clock.ts'
import { readHead, writeHead } from './state/event-head.ts'
import { takeInstanceLock } from './state/instance-lock.ts'
import { settleNewKeys } from './state/new-keys.ts'
import { loadEventSeal } from './state/old-events-keys.ts'
import { openDatabase } from './state/open-database.ts'
import { describeFault } from './state/open-event-log.ts'
import { prepareState } from './state/prepare-state.ts'
import { StateError } from './state/state-error.ts'

export interface RecoverOptions {
  readonly env: Env
  readonly home?: string
}

export interface RecoveredLog {
  /** What was wrong, as a sentence; `undefined` when nothing was, and so nothing was done. */
  readonly found: string | undefined
  readonly recovery: Recovery | undefined
}

/**
 * Goes on with a log that does not verify, while no gateway runs on the state directory. A log that does
 * verify is left alone, so a second time changes nothing.
 */
export async function recoverEventLog({ env, home = homedir() }: RecoverOptions): Promise<RecoveredLog> {
  const paths = statePaths(resolveStateDir(env, home), env)
  const { database } = readGatewayConfig({ file: paths.configFile, env, flags: {} })
  await prepareState(paths)
  const lock = takeInstanceLock(paths.lock)
  try {
    const store = await openDatabase({ path: paths.database, url: database.url })
    try {
      return await recover(store, paths, env)
    } finally {
      await store.close()
    }
  } finally {
    lock.release()
  }
}

async function recover(store: Store, paths: StatePaths, env: Env): Promise<RecoveredLog> {
  await settleNewKeys(paths, store.read)
  const seal = await loadEventSeal(paths, env)
  const noted = await readNote(paths.eventHead)
  const verdict = await verify(store, seal, noted === 'unreadable' ? undefined : noted)
  if (verdict.ok && noted !== 'unreadable') return { found: undefined, recovery: undefined }

  // The clock is the machine's own: the times of a log that does not verify prove nothing.
  const clock = createSystemClock()
  const appendEvent = createAppendEvent({ seal, crypto: createNodeCrypto(), random: createNodeRandom() })
  const recoverLog = createRecoverLog({ store, clock, appendEvent })
  const recovery = await recoverLog(verdict.ok ? undefined : verdict)
  await writeHead(paths.eventHead, recovery.head)
  const found = verdict.ok ? 'The note of the last event could not be read.' : describeFault(verdict)
  return { found, recovery }
}

function verify(store: Store, seal: EventSeal, head: EventHead | undefined): Promise<ChainVerdict> {
  return createVerifyChain({ read: store.read, seal, crypto: createNodeCrypto() })({ head })
}

async function readNote(path: string): Promise<EventHead | 'unreadable' | undefined> {
  try {
    return await readHead(path)
  } catch (error) {
    if (error instanceof StateError) return 'unreadable'
    throw error
  }
}
