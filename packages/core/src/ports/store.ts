import type {
  DeviceId,
  Instant,
  InvitationId,
  RequestId,
  Role,
  SessionId,
  TokenHash,
  TokenId,
} from '@pairgate/protocol'
import type { AccessToken } from '../domain/access-token.ts'
import type { AppTicket } from '../domain/app-ticket.ts'
import type { Attempts } from '../domain/attempt-limit.ts'
import type { PendingPlace } from '../domain/choose-to-leave.ts'
import type { Device } from '../domain/device.ts'
import type { DeviceChoice, DeviceOrder, PlacedDevices } from '../domain/device-page.ts'
import type { EventRecord } from '../domain/event-chain.ts'
import type { FeedRow } from '../domain/feed-row.ts'
import type { EventHead, LoggedEvent } from '../domain/gateway-event.ts'
import type { Guest } from '../domain/guest.ts'
import type { Invitation } from '../domain/invitation.ts'
import type { Message, MessageBounds } from '../domain/message.ts'
import type { DecidedRequest, OpenRequest, PairingRequest } from '../domain/pairing-request.ts'
import type { Session, SessionFacts } from '../domain/session.ts'
import type { Token } from '../domain/token.ts'

/** What a token secret was found to be: the one in force, or the last proved one before a rotation. */
export interface FoundToken {
  readonly token: Token
  readonly as: 'current' | 'previous'
  /** Whether the device's key has signed the gateway's origin before. */
  readonly signsOrigin: boolean
}

/** Which events a list shows. */
export interface EventFilter {
  /** Only events with a smaller `seq`. */
  readonly before?: number | undefined
  /** Only events with this `seq` or a greater one. */
  readonly from?: number | undefined
  readonly deviceId?: string | undefined
  readonly kind?: string | undefined
  /** Only what happened to devices of this session, and what may have brought one there. */
  readonly seenIn?: SessionId | undefined
  /** Only the event with this seal. */
  readonly mac?: string | undefined
  readonly limit: number
}

/** Whose details are erased: of events about a device or done by it, before a moment, or both. */
export interface ErasureChoice {
  readonly deviceId?: DeviceId | undefined
  readonly before?: Instant | undefined
  /** Only events up to this `seq`. */
  readonly upTo: number
}

/** Details that can be erased, and how many bytes they take. */
export interface ErasableDetails {
  readonly seq: number
  readonly saltBytes: number
  readonly bodyBytes: number
}

/** Which messages of a session: those between two numbers, the oldest or the newest of them. */
export interface MessagePage {
  readonly after?: number | undefined
  readonly before?: number | undefined
  readonly from: 'oldest' | 'newest'
  readonly limit: number
}

/** Where what was erased may still be found: nowhere in the database, in its file, or on a server's disk. */
export type Traces = 'none' | 'file' | 'server'

/** Reads. Outside a transaction they see the last commit; inside, the transaction's own writes too. */
export interface StoreReader {
  findDevice(id: DeviceId): Promise<Device | undefined>
  listDevices(only?: DeviceId): Promise<readonly Device[]>
  /** Those whose last approval was given by this actor (`actorRef`), the oldest pairing first. */
  listDevicesApprovedBy(ref: string): Promise<readonly Device[]>
  countDevices(): Promise<number>
  /** Those that are meant, as far as one page goes, and how many they are on all pages. */
  pageDevices(choice: DeviceChoice, order: DeviceOrder): Promise<PlacedDevices>
  findToken(deviceId: DeviceId, role: Role): Promise<Token | undefined>
  findTokenByHash(hash: TokenHash): Promise<FoundToken | undefined>
  /** Every token of one device, or of all devices. */
  listTokens(only?: DeviceId): Promise<readonly Token[]>
  listTokensOf(devices: readonly DeviceId[]): Promise<readonly Token[]>
  /** Tokens that nobody has revoked and whose deadline lies after `after` and not after `until`, the next first. */
  listTokensEnding(after: Instant, until: Instant): Promise<readonly Token[]>
  findAccessToken(hash: TokenHash): Promise<AccessToken | undefined>
  /** How many of this parent's access tokens run out after `now`; cookies of apps are none. */
  countAccessTokens(parentId: TokenId, now: Instant): Promise<number>
  findAppTicket(hash: TokenHash): Promise<AppTicket | undefined>
  /** How many of this parent's tickets run out after `now`. */
  countAppTickets(parentId: TokenId, now: Instant): Promise<number>
  findRequest(id: RequestId): Promise<PairingRequest | undefined>
  /** Rows in state `open` whose deadline lies after `now`, newest first. */
  listOpenRequests(now: Instant, only?: DeviceId): Promise<readonly OpenRequest[]>
  /** Rows in state `open` whose deadline lies after `after` and not after `until`. */
  listRequestsExpired(after: Instant, until: Instant): Promise<readonly OpenRequest[]>
  countOpenRequests(now: Instant): Promise<number>
  countOpenRequestsFrom(prefix: string, now: Instant): Promise<number>
  /** Every open request, in no order. */
  listPendingPlaces(now: Instant): Promise<readonly PendingPlace[]>
  /** Every request that was filed under an invitation, whatever became of it, newest first. */
  listRequestsOf(invitation: InvitationId): Promise<readonly PairingRequest[]>
  findInvitation(id: InvitationId): Promise<Invitation | undefined>
  /** By the hash of the secret in its link. */
  findInvitationBySecret(secretHash: string): Promise<Invitation | undefined>
  /** By the keyed hash of their code, whatever became of them; codes come again after a while. */
  findInvitationsByCode(codeMac: string): Promise<readonly Invitation[]>
  /** All that have not been forgotten yet, newest first. */
  listInvitations(): Promise<readonly Invitation[]>
  findSession(id: SessionId): Promise<Session | undefined>
  findSessionByKey(key: string): Promise<Session | undefined>
  listSessions(): Promise<readonly Session[]>
  /** Those of these ids that there are. */
  findSessions(ids: readonly SessionId[]): Promise<readonly Session[]>
  /** One session, or all of them, the newest first. */
  listSessionFacts(choice: {
    readonly only?: SessionId | undefined
    readonly limit: number
  }): Promise<readonly SessionFacts[]>
  countSessions(): Promise<number>
  /** Every token that opens exactly this session, revoked ones too. */
  listSessionTokens(id: SessionId): Promise<readonly Token[]>
  /** The message that an actor has sent under this key. */
  findSentMessage(id: SessionId, actor: string, idempotencyKey: string): Promise<Message | undefined>
  messageBounds(id: SessionId): Promise<MessageBounds>
  /** Always in the order of their numbers. */
  listMessages(id: SessionId, page: MessagePage): Promise<readonly Message[]>
  /** Events with `seq` greater than `cursor`, in order. */
  eventsAfter(cursor: number, limit: number): Promise<readonly LoggedEvent[]>
  /** The greatest `seq`, or 0 for an empty log. */
  headSeq(): Promise<number>
  /** The last event's place and seal, or `EMPTY_LOG`. */
  eventHead(): Promise<EventHead>
  /** Rows with `seq` greater than `cursor`, in order, as they are stored: also those that nobody understands. */
  eventRecordsAfter(cursor: number, limit: number): Promise<readonly EventRecord[]>
  /** The same rows, newest first. */
  listEventRecords(filter: EventFilter): Promise<readonly EventRecord[]>
  /** The number of the first event from a moment on. */
  firstEventSince(at: Instant): Promise<number | undefined>
  /** How many events there are with `seq` up to this one. */
  countEventsUpTo(seq: number): Promise<number>
  /** Details behind `cursor` that are there and may be erased, in order. */
  listErasable(choice: ErasureChoice, cursor: number, limit: number): Promise<readonly ErasableDetails[]>
  /** A small fact about this database itself, such as the check value of its derivation key. */
  findMeta(name: string): Promise<string | undefined>
  /** Whether the log holds, or held before it was pruned, that this device was removed. */
  wasRemoved(id: DeviceId): Promise<boolean>
  /** Counters of guesses, those that count longest first. */
  listCounters(limit: number): Promise<readonly StoredCounter[]>
  /** What strangers caused, the latest first. */
  listFeed(limit: number): Promise<readonly FeedRow[]>
  /** Who was let in without a pairing, the latest first. */
  listGuests(limit: number): Promise<readonly Guest[]>
}

/** Writes, all under the append lock: what was read inside the transaction cannot change under it. */
export interface StoreTransaction extends StoreReader {
  /** Inserts or replaces by id. */
  saveDevice(device: Device): Promise<void>
  /** Takes the device's tokens along. */
  deleteDevice(id: DeviceId): Promise<void>
  /** Inserts or replaces by device and role. */
  saveToken(token: Token): Promise<void>
  /** Goes with the token of its device and role. */
  insertAccessToken(token: AccessToken): Promise<void>
  insertAppTicket(ticket: AppTicket): Promise<void>
  /** Deletes it, and answers whether it was there: whoever did has used it. */
  takeAppTicket(hash: TokenHash): Promise<boolean>
  /** Deletes this parent's cookies of a route beyond the newest `keep`. */
  trimAppCookies(parentId: TokenId, route: string, keep: number): Promise<void>
  insertRequest(request: OpenRequest): Promise<void>
  /** Writes the new deadline only. */
  refreshRequest(request: OpenRequest): Promise<void>
  /** Writes only if the stored request is still open; answers whether it did. */
  settleRequest(request: DecidedRequest): Promise<boolean>
  /** Deletes superseded and expired requests beyond the newest `keep` of each: strangers make them. */
  trimRequests(keep: number, now: Instant): Promise<void>
  insertInvitation(invitation: Invitation): Promise<void>
  /** Notes who redeemed it, when, and its deadline, but only if it is neither redeemed nor cancelled; answers whether it did. */
  redeemInvitation(invitation: Invitation): Promise<boolean>
  /** Finds one that can be fetched by a join code and is open, and notes that it was; answers `undefined` for any other. */
  takeJoin(secretHash: string, now: Instant): Promise<Invitation | undefined>
  /** Ends it, also for who has redeemed it, unless it was ended before; answers whether it did. */
  cancelInvitation(id: InvitationId, at: Instant): Promise<boolean>
  insertSession(session: Session): Promise<void>
  /** Writes key and label only. */
  renameSession(session: Session): Promise<void>
  /** Takes the session's messages along. */
  deleteSession(id: SessionId): Promise<void>
  /** Fails if its number, or its key of the same actor, is taken. */
  insertMessage(message: Message): Promise<void>
  /** Deletes the session's oldest messages with numbers up to `upTo`, at most so many at once. */
  trimMessages(id: SessionId, upTo: number, most: number): Promise<void>
  saveMeta(name: string, value: string): Promise<void>
  /** Appends a row that was sealed for the place behind `eventHead`; fails if that place is taken. */
  appendEvent(record: EventRecord): Promise<void>
  /** Erases details. Their events stay. */
  eraseDetails(details: readonly ErasableDetails[]): Promise<void>
  /**
   * Deletes the first events of the log, of so many numbers and up to `upTo`, and answers whether any are left
   * up to there. Which devices were removed stays known.
   */
  pruneEvents(upTo: number, numbers: number): Promise<boolean>
}

export interface TokenUse {
  readonly tokenId: TokenId
  readonly deviceId: DeviceId
  readonly at: Instant
  readonly ip: string | undefined
}

/** A counter of guesses that outlives a restart. */
export interface StoredCounter extends Attempts {
  readonly key: string
}

export interface Store {
  readonly read: StoreReader
  /**
   * Runs `work` alone, under the append lock, and commits what it wrote. A throw rolls everything
   * back; a returned refusal commits, so every refusal must come before the first write.
   */
  mutate<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T>
  /** Writes "last used" and "last seen" in one batch; the only write without the append lock's re-reads. */
  noteTokenUse(uses: readonly TokenUse[]): Promise<void>
  /** Deletes requests, of one device or of all, that were decided or expired before `before`. */
  forgetRequests(before: Instant, only?: DeviceId): Promise<void>
  /** Deletes access tokens and tickets that ran out before `before`. */
  forgetAccessTokens(before: Instant): Promise<void>
  /** Deletes invitations that ended before `before`, with what was handed out. */
  forgetInvitations(before: Instant): Promise<void>
  /** Adds rows to those of the same span, kind, reason and peer. */
  mergeFeed(rows: readonly FeedRow[]): Promise<void>
  /** Deletes rows that ended before `before`, and the oldest beyond the newest `keep`. */
  trimFeed(before: Instant, keep: number): Promise<void>
  /** Deletes the rows that name a device. */
  forgetFeed(only: DeviceId): Promise<void>
  /** Writes each down as it is now. */
  saveGuests(guests: readonly Guest[]): Promise<void>
  /** Deletes who was here last before `before`, and the oldest beyond the newest `keep`. */
  trimGuests(before: Instant, keep: number): Promise<void>
  forgetGuest(only: DeviceId): Promise<void>
  /** Removes what was deleted or erased from the files too, as far as that takes no time to speak of. */
  scrub(): Promise<Traces>
  /**
   * Writes counters down and deletes those that are over. The later lock and the later window win, and of
   * one window the higher count: no write can shorten what another one has counted.
   */
  mergeCounters(
    counters: readonly StoredCounter[],
    over: { readonly now: Instant; readonly windowMs: number },
  ): Promise<void>
  close(): Promise<void>
}
