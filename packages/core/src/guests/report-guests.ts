import { coversScopes, type RequestId } from '@pairgate/protocol'
import { isTurnedAway } from '../connect/open-door.ts'
import type { Guest } from '../domain/guest.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { StoreReader } from '../ports/store.ts'
import type { GuestBook } from './guest-book.ts'

/**
 * What would become of a guest if mode `none` ended now. `paired`: he has come with his token since.
 * `approved`: his token waits for him. `narrowed`: it holds less than he asks for, which is refused unless he
 * asks for less. `waiting`: a request of his is open. `unknown`: none is. `no-identity`: he has no key, so he
 * cannot be paired. `turned-away`: somebody has rejected, revoked or removed him.
 */
export type GuestState =
  | 'paired'
  | 'approved'
  | 'narrowed'
  | 'waiting'
  | 'unknown'
  | 'no-identity'
  | 'turned-away'

export interface GuestReport {
  readonly guest: Guest
  readonly state: GuestState
  /** Kept out against nobody's will. */
  readonly isLockedOut: boolean
  readonly requestId: RequestId | undefined
}

export interface GuestsReport {
  readonly guests: readonly GuestReport[]
  /** Visits for which the book had no room. */
  readonly unlisted: number
  readonly paired: number
}

export interface ReportGuestsDeps {
  readonly read: StoreReader
  readonly clock: Pick<Clock, 'now'>
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
  readonly book: Pick<GuestBook, 'list'>
}

const LOCKED_OUT: ReadonlySet<GuestState> = new Set(['narrowed', 'waiting', 'unknown', 'no-identity'])

/** Everybody who was let in without a pairing, and who of them would be kept out today. */
export function createReportGuests({ read, clock, pairing, book }: ReportGuestsDeps) {
  async function stateOf(guest: Guest, tokens: readonly Token[], asks: boolean): Promise<GuestState> {
    if (guest.deviceId === undefined) return 'no-identity'
    const now = clock.now()
    const needed = guest.roles.map((role) => tokens.find((token) => token.role === role))
    const live = needed.filter((token) => token && tokenState(token, now, pairing.idleTtlMs) === 'live')
    if (live.length === needed.length) return stateOfPaired(guest, tokens)
    if (asks) return 'waiting'
    const isRevoked = needed.some((token) => token?.revokedAt !== undefined)
    return isRevoked || (await isTurnedAway(read, guest.deviceId)) ? 'turned-away' : 'unknown'
  }

  return async (): Promise<GuestsReport> => {
    const { guests, unlisted } = await book.list()
    const ids = guests.flatMap(({ deviceId }) => deviceId ?? [])
    const [tokens, requests, paired] = await Promise.all([
      read.listTokensOf(ids),
      read.listOpenRequests(clock.now()),
      read.countDevices(),
    ])
    const tokensOf = Map.groupBy(tokens, ({ deviceId }) => deviceId as string)
    const requestsOf = Map.groupBy(requests, ({ deviceId }) => deviceId as string)
    const reports = guests.map(async (guest): Promise<GuestReport> => {
      const request = newest(requestsOf.get(guest.key) ?? [])
      const state = await stateOf(guest, tokensOf.get(guest.key) ?? [], request !== undefined)
      const requestId = state === 'waiting' ? request?.id : undefined
      return { guest, state, isLockedOut: LOCKED_OUT.has(state), requestId }
    })
    return { guests: await Promise.all(reports), unlisted, paired }
  }
}

function stateOfPaired({ roles, scopes }: Guest, tokens: readonly Token[]): GuestState {
  const own = tokens.filter(({ role }) => roles.includes(role))
  // Who has proved his token gets along with what it holds.
  if (own.every(({ presentedAt }) => presentedAt !== undefined)) return 'paired'
  return own.some((token) => coversScopes(token.scopes, scopes)) ? 'approved' : 'narrowed'
}

function newest(requests: readonly OpenRequest[]): OpenRequest | undefined {
  return requests.toSorted((one, other) => other.createdAt - one.createdAt)[0]
}
