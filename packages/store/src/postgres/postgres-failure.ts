import { DatabaseError } from 'pg'
import { StoreUnavailable, type StoreUnavailableReason } from '../store-unavailable.ts'

/** States (SQLSTATE) of a server that is at fault itself. Two characters stand for their whole class. */
const STATES: ReadonlyMap<string, StoreUnavailableReason> = new Map([
  ['08', 'lost'], // connection exceptions
  ['28', 'refused'], // user or password
  ['3D', 'refused'], // no such database
  ['42501', 'refused'], // a right is missing
  ['25006', 'read-only'],
  ['25P03', 'lost'], // idle inside a transaction for too long
  ['53100', 'full'],
  ['53', 'crowded'], // connections, memory
  ['55P03', 'locked'],
  ['57014', 'slow'], // statement_timeout
  ['57P03', 'not-ready'],
  ['57P', 'lost'], // an operator, a crash or a restart ended the session
  ['58', 'unreadable'], // the server's own disk
  ['XX001', 'corrupt'],
  ['XX002', 'corrupt'],
])

/** What `pg` says for want of a code. */
const TEXTS: readonly (readonly [RegExp, StoreUnavailableReason])[] = [
  [/^timeout exceeded when trying to connect/, 'crowded'],
  [/^Query read timeout/, 'slow'],
  [/^SASL/, 'refused'],
]
const SILENCE = /^(Connection terminated|Client has encountered|Client was closed)/

/** Asks for a connection and names the failures that an operator can do something about. */
export async function whileConnecting<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    const named = nameFailure(error, 'unreachable')
    // Whatever else stands in the way, such as a certificate, there is no connection.
    const isNamed = named instanceof DatabaseError || named instanceof StoreUnavailable
    throw isNamed ? named : new StoreUnavailable('unreachable', named)
  }
}

/** Does what a connection is asked for and names the failures that an operator can do something about. */
export async function whileConnected<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    throw nameFailure(error, 'lost')
  }
}

/** Whether a connection may still be used after an error of a query. */
export function isAlive(error: unknown): boolean {
  // 0A000: somebody has changed a table under what this connection had prepared.
  return error instanceof DatabaseError && !/^(08|57P|25P03|XX|0A000)/.test(error.code ?? '')
}

function nameFailure(error: unknown, silence: 'unreachable' | 'lost'): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error
  if (error instanceof DatabaseError) hideRow(error)
  const reason =
    error instanceof DatabaseError ? reasonOfState(error.code ?? '') : reasonOfText(error, silence)
  return reason === undefined ? error : new StoreUnavailable(reason, error)
}

function reasonOfText(error: Error, silence: StoreUnavailableReason): StoreUnavailableReason | undefined {
  const said = TEXTS.find(([text]) => text.test(error.message))
  if (said) return said[1]
  // Errors of a socket carry a code, such as ECONNRESET.
  return SILENCE.test(error.message) || 'code' in error ? silence : undefined
}

function reasonOfState(state: string): StoreUnavailableReason | undefined {
  return STATES.get(state) ?? STATES.get(state.slice(0, 3)) ?? STATES.get(state.slice(0, 2))
}

/** PostgreSQL repeats whole rows in its details, and errors end up in logs. */
function hideRow(error: DatabaseError): void {
  error.detail = undefined
  error.where = undefined
}
