import type { Store } from '@pairgate/core'
import { openStore, StoreUnavailable, type StoreUnavailableReason } from '@pairgate/store'
import { StateError } from './state-error.ts'

export interface DatabasePlace {
  /** The file that is used when there is no `url`. */
  readonly path: string
  /** Carries a password, so it stands in no message. */
  readonly url: string | undefined
}

const CHECK_URL = 'Check gateway.database.url (or DATABASE_URL)'
const ADVICE: Readonly<Record<StoreUnavailableReason, string>> = {
  locked: 'End the program that holds it.',
  'read-only': 'Give this user the right to write to it.',
  full: 'Make room on that disk.',
  corrupt: 'Restore it from a backup.',
  moved: 'Put it back where it was.',
  newer: 'Use the version that made it, or a later one.',
  unreadable: 'Give this user access to it.',
  address: `${CHECK_URL}: it must look like postgres://user:password@host:5432/database.`,
  unreachable: `${CHECK_URL}, and that the server runs and can be reached from here.`,
  'not-ready': 'Start again when it is ready.',
  refused: `${CHECK_URL}, and that the user owns the database.`,
  crowded: 'Raise max_connections of the server, or end what else is connected; a gateway takes up to 11.',
  standby: `${CHECK_URL}: it must lead to the primary.`,
  encoding: 'Create it anew with: encoding UTF8.',
  'in-use': 'Stop the other one, or give this one a database of its own.',
  lost: 'Look into the log of the server, and start again.',
  slow: 'Look into the log of the server, and start again.',
}

/** Opens the configured database for this gateway alone. What is wrong with it is a `StateError`. */
export async function openDatabase({ path, url }: DatabasePlace): Promise<Store> {
  try {
    return await openStore(url === undefined ? { path } : { url, alone: true })
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    const where = url === undefined ? ` ${path}` : ''
    throw explainStore(`Cannot open the database${where}`, error)
  }
}

/** What was not possible, why, and what to do about it. */
export function explainStore(what: string, error: StoreUnavailable): StateError {
  const { message, reason, cause } = error
  return new StateError(`${what}: ${message}${saidBy(cause)}. ${ADVICE[reason]}`, { cause: error })
}

function saidBy(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  // A name with several addresses fails once for each, and the error about all of them has no text.
  const text = cause.message || ('code' in cause ? String(cause.code) : '')
  return text === '' ? '' : ` (${text})`
}
