import {
  CHAIN_FAULTS,
  createCheckHead,
  createVerifyChain,
  type EventHead,
  type EventSeal,
  type FoundFault,
  type SoundChain,
  type Store,
} from '@pairgate/core'
import type { Env, StatePaths } from '../config/state-dir.ts'
import type { Log } from '../platform/log.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import { createHeadKeeper, type EventHeadFile, readHead, writeHead } from './event-head.ts'
import { loadEventSeal } from './old-events-keys.ts'
import { StateError } from './state-error.ts'

/** The event log, as it stands at the start. */
export interface EventLog {
  readonly seal: EventSeal
  readonly heads: EventHeadFile
  readonly head: EventHead
}

/**
 * Holds the log against the head that was noted outside of the database. Refuses a database that does not
 * lead up to it: an older copy would bring revoked tokens back.
 */
export async function openEventLog(
  store: Pick<Store, 'read'>,
  paths: Pick<StatePaths, 'eventsKey' | 'eventHead' | 'oldEventsKeys'>,
  { env, log }: { readonly env: Env; readonly log: Log },
): Promise<EventLog> {
  const seal = await loadEventSeal(paths, env)
  const noted = await readHead(paths.eventHead)
  const verifyChain = createVerifyChain({ read: store.read, seal, crypto: createNodeCrypto() })
  const verdict = await createCheckHead({ read: store.read, verifyChain })(noted)
  if (!verdict.ok) throw new StateError(refusalOf(verdict, noted))

  const { head } = verdict
  if (!noted) warnOfAdoption(verdict, paths.eventHead, log)
  if (noted?.mac !== head.mac || noted.seq !== head.seq) await saveFirst(paths.eventHead, head)
  log.info({ ...head }, 'event log head')
  return { seal, heads: createHeadKeeper({ path: paths.eventHead, log, saved: head }), head }
}

/** What is wrong with an event, as a sentence. */
export function describeFault({ seq, fault }: FoundFault): string {
  return `Event ${seq} ${CHAIN_FAULTS[fault].what}.`
}

function refusalOf(found: FoundFault, noted: EventHead | undefined): string {
  const end = noted ? `its last known end, event ${noted.seq} of epoch ${noted.epoch}` : 'an end'
  return [
    `The event log does not lead up to ${end}. ${describeFault(found)}`,
    CHAIN_FAULTS[found.fault].advice,
    'If that cannot be done, go on with what is there and let every device in anew: openclaw recover --accept-rollback',
  ].join('\n')
}

function warnOfAdoption({ events, unsealed }: SoundChain, path: string, log: Log): void {
  if (events === 0) return
  const why = 'no head of the event log was noted; the log verifies and is taken as it is'
  log.warn({ path, events, unsealed }, why)
}

/** Found out at the start rather than at the first decision, which could not be taken back any more. */
async function saveFirst(path: string, head: EventHead): Promise<void> {
  try {
    await writeHead(path, head)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StateError(`Cannot write ${path} (${code}). Give this user access to its directory.`, {
      cause: error,
    })
  }
}
