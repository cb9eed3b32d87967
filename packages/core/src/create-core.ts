import { days } from '@pairgate/protocol'
import { createAcceptConnect } from './connect/accept-connect.ts'
import { acceptOwner } from './connect/accept-owner.ts'
import { createCompareSecret } from './connect/compare-secret.ts'
import { createLookAgain } from './connect/look-again.ts'
import { createOpenDoor } from './connect/open-door.ts'
import { createSessionKeys } from './connect/session-keys.ts'
import { createReadDeviceHistory } from './devices/device-history.ts'
import { createListDevices, type ListDevicesDeps } from './devices/list-devices.ts'
import { createListPending } from './devices/list-pending.ts'
import { createPageDevices, type PageDevicesDeps } from './devices/page-devices.ts'
import { createRemoveDevice } from './devices/remove-device.ts'
import { createRenameDevice } from './devices/rename-device.ts'
import { createTellArrival, type TellArrival } from './devices/tell-arrival.ts'
import type { EventHead } from './domain/gateway-event.ts'
import type { WrongTries } from './domain/wrong-tries.ts'
import { createAppendEvent } from './events/append-event.ts'
import { createApplyEvent } from './events/apply-event.ts'
import { createDecide, createDecideAs, type Decide } from './events/decide.ts'
import { createEraseDetails } from './events/erase-details.ts'
import { createEventFollower, type Following } from './events/event-follower.ts'
import { createQueue } from './events/one-by-one.ts'
import { createPruneLog } from './events/prune-log.ts'
import { createVerifyChain } from './events/verify-chain.ts'
import { createFeedBuffer } from './feed/feed-buffer.ts'
import { createKeepFeed, type FeedLimits } from './feed/keep-feed.ts'
import { createGuestBook } from './guests/guest-book.ts'
import { createReportGuests } from './guests/report-guests.ts'
import { createTellInvitation } from './invitations/tell-invitation.ts'
import { createGuessLimiter, type GuessLimits } from './limits/guess-limiter.ts'
import { createKeepCounters } from './limits/keep-counters.ts'
import { createReadHistory } from './messages/read-history.ts'
import { createSendMessage, type MessageLimits } from './messages/send-message.ts'
import { createAnnounceExpired } from './pairing/announce-expired.ts'
import { type ApproveRequestDeps, createApproveRequest } from './pairing/approve-request.ts'
import { createFileRequest } from './pairing/file-request.ts'
import { createFindUpgrade } from './pairing/find-upgrade.ts'
import type { PendingLimits } from './pairing/make-room.ts'
import { createRejectRequest } from './pairing/reject-request.ts'
import { createRequestUpgrade, type RequestUpgradeDeps } from './pairing/request-upgrade.ts'
import { createRoomMade } from './pairing/room-made.ts'
import { createShownRequests } from './pairing/shown-requests.ts'
import type { AuthPolicy } from './ports/auth-policy.ts'
import type { Clock } from './ports/clock.ts'
import type { Crypto, EventSeal, ShortSecrets, TokenSecrets } from './ports/crypto.ts'
import type { HeadKeeper } from './ports/head-keeper.ts'
import type { LiveConnections } from './ports/live-connections.ts'
import type { PairingPolicy } from './ports/pairing-policy.ts'
import type { Random } from './ports/random.ts'
import type { Store, StoredCounter, StoreReader } from './ports/store.ts'
import { createCreateSession } from './sessions/create-session.ts'
import { createDeleteSession } from './sessions/delete-session.ts'
import { createFindMain } from './sessions/find-main.ts'
import { createListSessions, createShowSession } from './sessions/list-sessions.ts'
import { createRenameSession } from './sessions/rename-session.ts'
import { createAnnounceEnded } from './tokens/announce-ended.ts'
import { createCheckAccessToken } from './tokens/check-access-token.ts'
import { createCheckAppCookie } from './tokens/check-app-cookie.ts'
import { createCheckDpopToken } from './tokens/check-dpop-token.ts'
import { createDrawSecret, type DrawSecret } from './tokens/draw-secret.ts'
import { createEnterApp } from './tokens/enter-app.ts'
import { createExtendToken } from './tokens/extend-token.ts'
import { createMintAccessToken } from './tokens/mint-access-token.ts'
import { createMintAppTicket } from './tokens/mint-app-ticket.ts'
import { createMoveToken } from './tokens/move-token.ts'
import { createRevokeToken } from './tokens/revoke-token.ts'
import { createRotateToken } from './tokens/rotate-token.ts'
import { createStandingAccess, type StandingAccess } from './tokens/standing-access.ts'
import { createStandingTokens } from './tokens/standing-tokens.ts'
import { createUsedProofs } from './tokens/used-proofs.ts'
import { wireInvitations } from './wire-invitations.ts'

export interface CoreDeps {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly crypto: Crypto
  readonly secrets: TokenSecrets
  readonly shortSecrets: ShortSecrets
  readonly seal: EventSeal
  readonly heads: HeadKeeper
  readonly policy: AuthPolicy
  readonly pairing: PairingPolicy
  readonly live: LiveConnections
  /** The numbers of these two may change at any time, so they are read when they are needed. */
  readonly limits: PendingLimits
  readonly guesses: GuessLimits
  readonly feedLimits: FeedLimits
  readonly messages: MessageLimits
  /** Lets other work have its turn, in between the parts of something long. */
  readonly breathe: () => Promise<void>
  /** Counters of guesses that the store remembers. */
  readonly counters: readonly StoredCounter[]
  /** Wrong codes that the store remembers. */
  readonly wrongTries: WrongTries | undefined
  /** Head of the event log at the start of this instance. */
  readonly head: EventHead
  /** Told once when the log turns out to be another one: from then on nobody is let in. */
  readonly onLogExchanged: () => void
}

/** Notes that keep their address between two writes of the feed. */
const FEED_ROOM = 100

/** Clients of whom is written down that they were let in without a pairing. */
const GUESTS = 1_000

/** Wires the use cases; the only place of this room that constructs things. */
export function createCore(deps: CoreDeps) {
  const { read } = deps.store
  const { follower, tokens, access, sessionKeys } = followLog(deps)
  const decideAs = createDecideAs({ ...deps, follower, appendEvent: createAppendEvent(deps) })
  const decide = createDecide(decideAs)
  const drawSecret = createDrawSecret(deps)
  const { feed, keepFeed, shown, roomMade, fileRequest } = takeRequests(deps)
  const tellInvitation = createTellInvitation({ ...deps, read })
  const tellArrival = createTellArrival({ ...deps, read })
  const joint = { decide, decideAs, drawSecret, fileRequest, tellInvitation, tellArrival, feed }
  const limiter = createGuessLimiter(deps)
  const guests = wireGuests(deps)
  const invitations = wireInvitations({ ...deps, ...joint, guessLimiter: limiter })
  const verifyChain = createVerifyChain({ ...deps, read })
  const enqueue = createQueue()
  const used = createUsedProofs(deps)
  const compareSecret = createCompareSecret({ ...deps, limiter, feed })
  return {
    acceptConnect: createAcceptConnect({
      ...deps,
      read,
      tokens,
      following: follower,
      fileRequest,
      compareSecret,
      ...invitations.doors,
      doors: createOpenDoor({ ...deps, read, findMain: createFindMain({ ...deps, read, decideAs }) }),
    }),
    acceptOwner,
    lookAgain: createLookAgain({ ...deps, tokens }),
    sessionKeyOf: sessionKeys.of,
    ...deviceCalls({ ...deps, read, shown, roomMade, decide }),
    ...requestCalls({ ...deps, ...joint, read }),
    ...invitations.cases,
    ...tokenCalls({ ...deps, ...joint }),
    ...accessCalls({ ...deps, decide, access }),
    checkDpopToken: createCheckDpopToken({ ...deps, tokens, following: follower, used }),
    /** What a DPoP proof has to hold that is asked for a nonce. */
    dpopNonce: used.nonce,
    ...sessionCalls({ ...deps, read, decide }),
    ...guests,
    ...createEraseDetails({ ...deps, decide, keepFeed, enqueue, forgetGuest: guests.guests.forget }),
    ...createPruneLog({ ...deps, decide, verifyChain, enqueue }),
    verifyChain,
    announceExpired: createAnnounceExpired({ ...deps, read, feed }),
    announceEnded: createAnnounceEnded({ ...deps, read }),
    /** Acts on what was committed without this instance's doing, and keeps belief alive: once a second. */
    followLog: follower.catchUp,
    noteFeed: feed.note,
    keepFeed,
    following: follower as Following,
    keepCounters: createKeepCounters({ ...deps, limiter }),
  }
}

/** Who was let in without a pairing. */
function wireGuests(deps: CoreDeps) {
  const guests = createGuestBook({ ...deps, room: GUESTS, keepMs: days(100) })
  return { guests, reportGuests: createReportGuests({ ...deps, read: deps.store.read, book: guests }) }
}

/** What operators see of devices, and do with them. */
function deviceCalls(deps: ListDevicesDeps & PageDevicesDeps & { readonly decide: Decide }) {
  return {
    listDevices: createListDevices(deps),
    listPending: createListPending(deps),
    pageDevices: createPageDevices(deps),
    readDeviceHistory: createReadDeviceHistory(deps),
    removeDevice: createRemoveDevice(deps),
    renameDevice: createRenameDevice(deps),
  }
}

type RequestCallsDeps = ApproveRequestDeps & RequestUpgradeDeps

/** What becomes of requests. */
function requestCalls(deps: RequestCallsDeps) {
  return {
    approveRequest: createApproveRequest(deps),
    rejectRequest: createRejectRequest(deps),
    requestUpgrade: createRequestUpgrade(deps),
    findUpgrade: createFindUpgrade(deps),
  }
}

interface TokenCallsDeps {
  readonly decide: Decide
  readonly drawSecret: DrawSecret
  readonly tellArrival: TellArrival
}

/** What operators do with the tokens that there are. */
function tokenCalls(deps: CoreDeps & TokenCallsDeps) {
  return {
    rotateToken: createRotateToken(deps),
    revokeToken: createRevokeToken(deps),
    extendToken: createExtendToken(deps),
    moveToken: createMoveToken(deps),
  }
}

/** What is made out of tokens for programs and for browsers. */
function accessCalls(deps: CoreDeps & { readonly decide: Decide; readonly access: StandingAccess }) {
  return {
    mintAccessToken: createMintAccessToken(deps),
    checkAccessToken: createCheckAccessToken(deps),
    mintAppTicket: createMintAppTicket(deps),
    enterApp: createEnterApp(deps),
    checkAppCookie: createCheckAppCookie(deps),
  }
}

/** Sessions and their messages. */
function sessionCalls(deps: CoreDeps & { readonly read: StoreReader; readonly decide: Decide }) {
  return {
    listSessions: createListSessions(deps),
    showSession: createShowSession(deps),
    createSession: createCreateSession(deps),
    renameSession: createRenameSession(deps),
    deleteSession: createDeleteSession(deps),
    sendMessage: createSendMessage(deps),
    readHistory: createReadHistory(deps),
  }
}

/** Requests of devices, what is remembered of those that stand or had to go, and the feed about all that. */
function takeRequests(deps: CoreDeps) {
  const feed = createFeedBuffer({ ...deps, room: FEED_ROOM })
  const keepFeed = createKeepFeed({ ...deps, buffer: feed })
  const shown = createShownRequests()
  const roomMade = createRoomMade()
  return {
    feed,
    keepFeed,
    shown,
    roomMade,
    fileRequest: createFileRequest({ ...deps, shown, roomMade, feed }),
  }
}

/** The follower, and what it keeps true: the tokens that are remembered and the gates that stand open. */
function followLog({ store, live, heads, head, clock, pairing, onLogExchanged }: CoreDeps) {
  const { read } = store
  const follower = createEventFollower({
    eventsAfter: (cursor, limit) => read.eventsAfter(cursor, limit),
    apply(logged) {
      applyEvent(logged)
      heads.note(logged)
    },
    onBreak() {
      tokens.clear()
      access.clear()
      live.closeAll()
      onLogExchanged()
    },
    clock,
    from: head,
  })
  const tokens = createStandingTokens({ read, following: follower, clock, pairing })
  const access = createStandingAccess({ read, following: follower })
  const sessionKeys = createSessionKeys({ read })
  const applyEvent = createApplyEvent({ live, remembered: [tokens, access, sessionKeys] })
  return { follower, tokens, access, sessionKeys }
}

export type Core = ReturnType<typeof createCore>
