import { parseRole, type Role } from '@pairgate/protocol'
import type { RequestWhy } from '../domain/pairing-request.ts'
import { ok, type Refused, type Result, refuse } from '../domain/result.ts'
import type { Token } from '../domain/token.ts'
import type { Following } from '../events/event-follower.ts'
import type { FileRequest } from '../pairing/file-request.ts'
import type { AuthPolicy, OpenDoor } from '../ports/auth-policy.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto, TokenSecrets } from '../ports/crypto.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { StoreReader } from '../ports/store.ts'
import type { StandingTokens } from '../tokens/standing-tokens.ts'
import type { AcceptInvited } from './accept-invited.ts'
import { type Admission, devicePrincipal, knownScopes, sharedPrincipal } from './admission.ts'
import type { CompareSecret } from './compare-secret.ts'
import type { ConnectAsk, ConnectPeer } from './connect-ask.ts'
import { type Credential, createJudgeCredential, wrongPassword } from './judge-credential.ts'
import { type GrantAnswer, judgeGrant } from './judge-grant.ts'
import type { InvitationCredential, JudgeInvitation } from './judge-invitation.ts'
import { type OpenDoors, requestEnd } from './open-door.ts'
import { createVerifyDeviceProof, type ProvedDevice } from './verify-device-proof.ts'

export interface AcceptConnectDeps {
  readonly read: StoreReader
  readonly tokens: Pick<StandingTokens, 'find'>
  readonly following: Pick<Following, 'isBroken'>
  readonly clock: Clock
  readonly crypto: Crypto
  readonly secrets: TokenSecrets
  readonly policy: AuthPolicy
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
  readonly fileRequest: FileRequest
  readonly compareSecret: CompareSecret
  readonly judgeInvitation: JudgeInvitation
  readonly acceptInvited: AcceptInvited
  readonly doors: OpenDoors
}
export type AcceptConnect = (ask: ConnectAsk, peer: ConnectPeer, nonce: string) => Promise<Result<Admission>>

/** The guards of a connect, in the order of design section 5: role, proof, credential, grant. */
export function createAcceptConnect(deps: AcceptConnectDeps): AcceptConnect {
  const verifyProof = createVerifyDeviceProof(deps)
  const judgeCredential = createJudgeCredential(deps)

  return async (ask, peer, nonce) => {
    if (deps.following.isBroken) return refuse({ reason: 'gateway-busy' })
    const role = parseRole(ask.role)
    if (!role) return refuse({ reason: 'role-invalid' })
    if (!ask.device) return acceptWithoutDevice(deps, { ask, peer, role })

    const proved = verifyProof(ask, ask.device, {
      nonce,
      now: deps.clock.wall(),
      isOwnOrigin: peer.isOwnOrigin,
    })
    if (!proved.ok) return proved

    const credential = await judgeCredential(
      ask.auth,
      { deviceId: proved.value.deviceId, role, peer, asked: knownScopes(ask.scopes) },
      deps.clock.now(),
    )
    const connect = { ask, peer, role, proved: proved.value }
    if (!credential.ok) {
      if (!deps.doors.overlooks(credential.refusal, peer)) return credential
      return acceptDevice(deps, { ...connect, credential: KEY_ALONE, overlooked: credential })
    }
    if (credential.value.kind === 'invitation')
      return deps.acceptInvited({ ...connect, invited: credential.value })
    return acceptDevice(deps, { ...connect, credential: credential.value })
  }
}

interface DeviceConnect {
  readonly ask: ConnectAsk
  readonly peer: ConnectPeer
  readonly role: Role
  readonly proved: ProvedDevice
  readonly credential: Exclude<Credential, InvitationCredential>
  /** The answer to a secret that is no good, for who does not get in without it. */
  readonly overlooked?: Refused | undefined
}

const KEY_ALONE = { kind: 'key-alone' } as const

async function acceptDevice(deps: AcceptConnectDeps, connect: DeviceConnect): Promise<Result<Admission>> {
  const judge = (read: StoreReader) => judgeAgainst(read, deps, connect)
  const judged = judgeFound(deps, connect) ?? (await judge(deps.read))
  if (isDowngrade(connect, judged)) return refuse({ reason: 'origin-not-signed' })
  const { answer, signsOrigin } = judged
  if (answer.kind === 'accept') return ok(admit(deps, connect, { ...answer, signsOrigin }))
  if (answer.kind === 'scope-mismatch') return refuse({ reason: 'scope-mismatch' })
  const door = await deps.doors.forDevice(connect, connect.credential, answer.why)
  if (!door && connect.overlooked) return connect.overlooked
  if (door?.stage === 'open') return ok(await deps.doors.admit(connect, door))
  const standing = door && (await deps.doors.standingRequest(connect, door, deps.clock.now()))
  if (door && standing) return ok(await deps.doors.admit(connect, door, standing.id))

  const filed = await file(deps, connect, { door, why: answer.why, judge })
  // On the way out nobody is kept out because too many have asked.
  if (door && !(filed.ok && !filed.value))
    return ok(await deps.doors.admit(connect, door, filed.ok ? filed.value?.request.id : undefined))
  if (!filed.ok) return filed
  if (filed.value) return refuse({ reason: 'pairing-required', ...filed.value })

  const second = await judge(deps.read)
  if (second.answer.kind !== 'accept' || isDowngrade(connect, second))
    return refuse({ reason: 'gateway-busy' })
  return ok(admit(deps, connect, { ...second.answer, signsOrigin: second.signsOrigin }))
}

interface Filing {
  readonly door: OpenDoor | undefined
  readonly why: RequestWhy
  readonly judge: (read: StoreReader) => Promise<Judged>
}

function file(deps: AcceptConnectDeps, connect: DeviceConnect, { door, why, judge }: Filing) {
  const { ask, proved, role, peer } = connect
  return deps.fileRequest({
    ...proved,
    role,
    scopes: knownScopes(ask.scopes),
    metadata: ask.metadata,
    remoteIp: peer.remoteIp,
    prefix: peer.prefix,
    why,
    until: requestEnd(door),
    // Asked again under the lock: an approval that came in between must not leave a pointless request.
    stillNeeded: async (tx) => (await judge(tx)).answer.kind === 'ask',
  })
}

interface Judged {
  readonly answer: GrantAnswer
  /** Whether the device's key has signed the gateway's origin before. */
  readonly signsOrigin: boolean
}

/**
 * A key that has once signed the origin belongs to a client that always does: a proof without comes from
 * somebody who has talked the client out of it, to pass it on.
 */
function isDowngrade({ proved }: DeviceConnect, { signsOrigin }: Judged): boolean {
  return signsOrigin && !proved.signedOrigin
}

/** The way of every paired device: its token was found by its secret, and that is all there is to read. */
function judgeFound(
  { clock, pairing }: AcceptConnectDeps,
  { credential, ask }: DeviceConnect,
): Judged | undefined {
  if (credential.kind !== 'device-token') return undefined
  const { token, signsOrigin } = credential
  const asked = knownScopes(ask.scopes)
  return {
    answer: judgeGrant({
      known: true,
      token,
      credential,
      asked,
      now: clock.now(),
      idleMs: pairing.idleTtlMs,
    }),
    signsOrigin,
  }
}

async function judgeAgainst(
  read: StoreReader,
  deps: AcceptConnectDeps,
  connect: DeviceConnect,
): Promise<Judged> {
  const { proved, role, credential, ask } = connect
  const [device, token] = await Promise.all([
    read.findDevice(proved.deviceId),
    read.findToken(proved.deviceId, role),
  ])
  const known = device !== undefined
  const asked = knownScopes(ask.scopes)
  const answer = judgeGrant({
    known,
    token,
    credential,
    asked,
    now: deps.clock.now(),
    idleMs: deps.pairing.idleTtlMs,
  })
  return { answer, signsOrigin: device?.originSignedAt !== undefined }
}

function admit(
  deps: AcceptConnectDeps,
  { peer, credential, proved }: DeviceConnect,
  accepted: GrantAnswer & { kind: 'accept' } & Pick<Judged, 'signsOrigin'>,
): Admission {
  const record = accepted.token
  return {
    principal: devicePrincipal(peer, record, accepted.scopes, credential),
    method: credential.kind === 'shared' ? credential.by : 'device-token',
    token: {
      record,
      // What was just proved need not be derived again.
      secret: isCurrent(credential) ? credential.secret : deps.secrets.secretOf(record.tokenId),
      issuedAt: record.rotatedAt ?? record.createdAt,
      firstOrigin: proved.signedOrigin && !accepted.signsOrigin,
    },
    first: firstTime(record, credential),
  }
}

function isCurrent(credential: Credential): credential is Extract<Credential, { as: 'current' }> {
  return credential.kind === 'device-token' && credential.as === 'current'
}

function firstTime(record: Token, credential: Credential): Admission['first'] {
  if (record.presentedAt !== undefined) return undefined
  if (isCurrent(credential)) return 'proof'
  return record.deliveredAt === undefined ? 'delivery' : undefined
}

/**
 * Without a device only the shared secret opens, and only a direct loopback call of the CLI or a backend
 * keeps its scopes (design section 9). The address alone never grants anything.
 */
async function acceptWithoutDevice(
  { policy, compareSecret, doors }: AcceptConnectDeps,
  { ask, peer, role }: Pick<DeviceConnect, 'ask' | 'peer' | 'role'>,
): Promise<Result<Admission>> {
  const { auth, clientId, clientMode } = ask
  const backend = clientId === 'gateway-client' && clientMode === 'backend'
  const cli = clientId === 'cli' && clientMode === 'cli'
  const door = peer.directLoopback && backend ? policy.openDoor : undefined
  // Where the door is open nothing is guessed, and a stale secret in a script must lock nobody out.
  const shared = door?.stage === 'open' ? ok(undefined) : compareSecret(auth, peer)
  if (!shared.ok && !door) return shared
  const by = shared.ok ? shared.value : undefined
  if (!by && !door) return withoutSecret(ask, policy)
  if (role !== 'operator') return refuse({ reason: 'device-identity-required' })
  if (!by && door) return ok(await doors.admitBackend({ ask, peer, role }, door))

  const keepsScopes = peer.directLoopback && (cli || backend)
  const principal = sharedPrincipal(peer, role, keepsScopes ? knownScopes(ask.scopes) : [])
  return ok({ principal, method: by ?? 'none', token: undefined, first: undefined })
}

function withoutSecret({ auth }: ConnectAsk, policy: AuthPolicy): Result<Admission> {
  // Where no secret is shared, none can be wrong: only a key helps.
  if (policy.mode === 'none') return refuse({ reason: 'device-identity-required' })
  if (auth.token !== undefined)
    return refuse({ reason: 'token-mismatch', fault: 'mismatch', mayTryDeviceToken: false })
  if (auth.password !== undefined) return wrongPassword(policy)
  return refuse({ reason: 'device-identity-required' })
}
