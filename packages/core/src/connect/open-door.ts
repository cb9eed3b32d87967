import { days, type Instant, later, type RequestId, type Role } from '@pairgate/protocol'
import { unpairedScopes } from '../domain/leave-none.ts'
import { coversAsk, type OpenRequest, type RequestWhy } from '../domain/pairing-request.ts'
import { eventActor, NO_DEVICE, type UnpairedPrincipal } from '../domain/principal.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { AuthPolicy, OpenDoor } from '../ports/auth-policy.ts'
import type { StoreReader } from '../ports/store.ts'
import type { FindMain } from '../sessions/find-main.ts'
import { type Admission, capScopes, knownScopes, sharedPrincipal } from './admission.ts'
import type { ConnectAsk, ConnectPeer } from './connect-ask.ts'
import type { Credential } from './judge-credential.ts'
import type { ProvedDevice } from './verify-device-proof.ts'

export interface OpenDoorDeps {
  readonly read: StoreReader
  readonly policy: Pick<AuthPolicy, 'openDoor'>
  readonly findMain: FindMain
}

/** Who stands before the door. */
export interface Visitor {
  readonly ask: ConnectAsk
  readonly peer: ConnectPeer
  readonly role: Role
  readonly proved: ProvedDevice
}

/** A stage on the way out, which has an end. */
interface DatedDoor extends OpenDoor {
  readonly endsAt: Instant
}

/** How long after the end a request may still be approved that was filed on the way there. */
const LAST_CHANCE_MS = days(7)

/**
 * Mode `none`, as far as it still lets in. Without dates an unknown key from this machine itself comes in as
 * it asks. From the first date on nobody else than before loses his way in, but what is given is less:
 * nothing with which somebody could stay for good (see `unpairedScopes`), in one session, until the end.
 * Whoever was revoked, removed or rejected has to ask.
 */
export function createOpenDoor({ read, policy, findMain }: OpenDoorDeps) {
  async function admitDated(
    { ask, peer, role }: Omit<Visitor, 'proved'>,
    door: DatedDoor,
    found: { readonly deviceId: UnpairedPrincipal['deviceId']; readonly requestId?: RequestId | undefined },
  ): Promise<Admission> {
    const { connId, remoteIp } = peer
    const facts = { kind: 'unpaired', role, deviceId: found.deviceId, remoteIp, connId } as const
    const scopes = capScopes(unpairedScopes(knownScopes(ask.scopes)), peer)
    const principal = { ...facts, scopes, sessionId: await findMain(eventActor(facts)), endsAt: door.endsAt }
    return { ...letIn(door, ask, found.requestId), principal }
  }

  return {
    /** @returns the door through which a device comes in that nobody has approved. */
    async forDevice(
      visitor: Visitor,
      credential: Credential,
      why: RequestWhy,
    ): Promise<OpenDoor | undefined> {
      const door = policy.openDoor
      if (!door || !ASKS_ANEW.has(why) || !isBefore(door, visitor.peer)) return undefined
      const { proved, role } = visitor
      if (door.stage !== 'open') return (await isGuest(read, proved.deviceId, role)) ? door : undefined
      if (credential.kind !== 'key-alone' || why !== 'not-paired') return undefined
      return (await isTurnedAway(read, proved.deviceId)) ? undefined : door
    },

    /** Whether a secret that is no good is overlooked: a client that never needed one may still send it. */
    overlooks({ reason }: Refusal, peer: ConnectPeer): boolean {
      const door = policy.openDoor
      return door !== undefined && door.stage !== 'open' && STALE.has(reason) && isBefore(door, peer)
    },

    /** Of a device for which the door is open. */
    async admit(visitor: Visitor, door: OpenDoor, requestId?: RequestId): Promise<Admission> {
      const { ask, peer, role, proved } = visitor
      if (isDated(door)) return admitDated(visitor, door, { deviceId: proved.deviceId, requestId })
      return { ...letIn(door, ask), principal: sharedPrincipal(peer, role, knownScopes(ask.scopes)) }
    },

    /** Of a backend without a device, for which the door is open. */
    async admitBackend(visitor: Omit<Visitor, 'proved'>, door: OpenDoor): Promise<Admission> {
      const { ask, peer, role } = visitor
      if (isDated(door)) return admitDated(visitor, door, { deviceId: NO_DEVICE })
      return { ...letIn(door, ask), principal: sharedPrincipal(peer, role, knownScopes(ask.scopes)) }
    },

    /** The request of a device that already stands, so that not every connect has to write one. */
    async standingRequest({ ask, role, proved }: Visitor, door: OpenDoor, now: Instant) {
      const until = requestEnd(door)
      const own = await read.listOpenRequests(now, proved.deviceId)
      const stands = (request: OpenRequest) =>
        request.expiresAt === until && coversAsk(request, role, knownScopes(ask.scopes))
      return own.find(stands)
    },
  }
}

export type OpenDoors = ReturnType<typeof createOpenDoor>

/** Until when a request stays open that is filed on the way out; `undefined`: as long as any other. */
export function requestEnd(door: OpenDoor | undefined): Instant | undefined {
  return door && isDated(door) ? later(door.endsAt, LAST_CHANCE_MS) : undefined
}

/**
 * Whether nobody has decided yet about a device in this role. That it was approved in another one must not be
 * what keeps it out of this.
 */
export async function isGuest(
  read: Pick<StoreReader, 'listTokens' | 'wasRemoved' | 'listEventRecords'>,
  deviceId: ProvedDevice['deviceId'],
  role: Role,
): Promise<boolean> {
  const tokens = await read.listTokens(deviceId)
  if (tokens.some((token) => token.role === role || token.revokedAt !== undefined)) return false
  return !(await isTurnedAway(read, deviceId))
}

/** Whether somebody has decided that this device shall not be here. */
export async function isTurnedAway(
  read: Pick<StoreReader, 'wasRemoved' | 'listEventRecords'>,
  deviceId: ProvedDevice['deviceId'],
): Promise<boolean> {
  if (await read.wasRemoved(deviceId)) return true
  const rejected = await read.listEventRecords({ deviceId, kind: 'pairing-rejected', limit: 1 })
  return rejected.length > 0
}

function isDated(door: OpenDoor): door is DatedDoor {
  return door.stage !== 'open' && door.endsAt !== undefined
}

/** Of a device that was never let in, or not in this role. */
const ASKS_ANEW: ReadonlySet<RequestWhy> = new Set(['not-paired', 'role-upgrade'])

/** Refusals of secrets, of which none is needed here. */
const STALE: ReadonlySet<Refusal['reason']> = new Set([
  'device-token-mismatch',
  'token-mismatch',
  'password-mismatch',
])

function isBefore({ stage }: OpenDoor, { directLoopback, reach }: ConnectPeer): boolean {
  return stage === 'open' ? directLoopback : reach !== 'elsewhere'
}

function letIn(door: OpenDoor, ask: ConnectAsk, requestId?: RequestId) {
  const came = { ...door, requestId, asked: knownScopes(ask.scopes) }
  return { method: 'none', token: undefined, first: undefined, door: came } as const
}
