import type { AppTicketResult } from '@pairgate/protocol/wire'
import type { Connection, RequestOptions } from './connection.ts'

/** What an app behind the gateway wrote into the address of the page to which it sent the browser. */
export interface AppVisit {
  /** The address that the browser wanted. */
  readonly return: string
  readonly state: string
}

/** Reads the address of a page; `undefined` when no app has sent the browser there. */
export function readAppVisit(page: string): AppVisit | undefined {
  const query = new URL(page).searchParams
  const [address, state] = [query.get('return'), query.get('state')]
  return address === null || state === null ? undefined : { return: address, state }
}

/**
 * Lets the browser into that app: go to `location` at once, by `location.replace`, and keep it nowhere.
 * @throws ClientError as `request`: with `MISSING_SCOPE` its details name the scope that an upgrade has to ask for.
 */
export function appTicket(
  connection: Pick<Connection, 'request'>,
  visit: AppVisit,
  options?: RequestOptions,
): Promise<AppTicketResult> {
  return connection.request('apps.ticket', { return: visit.return, state: visit.state }, options)
}
