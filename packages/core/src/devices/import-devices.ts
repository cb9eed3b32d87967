import { coversScopes, EVERY_SESSION, type Role, type Scope, type SessionId } from '@pairgate/protocol'
import { findHome, type Home } from '../access/home-session.ts'
import { type Device, nameOf } from '../domain/device.ts'
import { type ForeignDevice, type ForeignGrant, importToken } from '../domain/foreign-device.ts'
import type { EventHead } from '../domain/gateway-event.ts'
import { type Grant, grantDevice, withoutRole } from '../domain/grant.ts'
import { ok, type Result } from '../domain/result.ts'
import { newSessionFor } from '../domain/session.ts'
import { isLiveAdmin, tokenFacts } from '../domain/token.ts'
import type { AppendEvent } from '../events/append-event.ts'
import type { Decision } from '../events/decide.ts'
import { createDecideOnHost } from '../events/decide-on-host.ts'
import { endClaim } from '../invitations/end-claim.ts'
import { chooseLifetime } from '../pairing/choose-lifetime.ts'
import { chooseSession } from '../pairing/choose-session.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import type { DrawSecret } from '../tokens/draw-secret.ts'
import { type JudgedGrant, judgeImport } from './judge-import.ts'

export interface ImportDevicesDeps {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly random: Pick<Random, 'sessionId'>
  readonly drawSecret: DrawSecret
  readonly appendEvent: AppendEvent
  readonly pairing: PairingPolicy
}

export interface Import {
  readonly judged: readonly JudgedGrant[]
  readonly head: EventHead
}

/**
 * Takes over what another gateway had granted, in one transaction: each role with its scopes and by the hash
 * of the secret that its device holds. The owner of the host answers for it as for an approval. What was
 * decided here before stands, so a second time changes nothing and brings nobody back.
 */
export function createImportDevices({ random, drawSecret, ...deps }: ImportDevicesDeps) {
  const decideOnHost = createDecideOnHost(deps, 'migrate')
  return (devices: readonly ForeignDevice[]): Promise<Result<Import>> =>
    decideOnHost(async (decision) => {
      const { tx } = decision
      const judged = await judgeImport(tx, devices)
      // Asked before the first write: it is no for all devices or for none.
      const session = await chooseSession(decision, { wanted: undefined, scopes: [], existing: undefined })
      if (!session.ok) return session
      for (const device of devices) {
        const grants = judged.filter((each) => each.device === device && each.verdict === 'new')
        await takeIn({ random, drawSecret }, decision, { device, grants: grants.map(({ grant }) => grant) })
      }
      return ok({ judged, head: await tx.eventHead() })
    })
}

type TakeInDeps = Pick<ImportDevicesDeps, 'random' | 'drawSecret'>

interface Taken {
  readonly device: ForeignDevice
  readonly grants: readonly ForeignGrant[]
}

async function takeIn(deps: TakeInDeps, decision: Decision, { device, grants }: Taken): Promise<void> {
  const home = await findHome(decision.tx, device.id)
  let session: SessionId | undefined
  // The operator's first: a node of the same device lives in the same session.
  for (const grant of grants.toSorted(byRole)) {
    session = await sessionOf(deps, decision, { device, grant, before: session })
    await takeRole(deps, decision, { device, grant, session, home })
  }
}

function byRole({ role: one }: ForeignGrant, { role: other }: ForeignGrant): number {
  return one === other ? 0 : one === 'operator' ? -1 : 1
}

/** What is revoked opens nothing; it lies where the device lies, or where only who holds all sees it. */
async function sessionOf(
  { random }: TakeInDeps,
  decision: Decision,
  {
    device,
    grant,
    before,
  }: {
    readonly device: ForeignDevice
    readonly grant: ForeignGrant
    readonly before: SessionId | undefined
  },
): Promise<SessionId> {
  if (grant.state === 'revoked') return before ?? EVERY_SESSION
  if (before !== undefined && before !== EVERY_SESSION) return before
  const { tx, actor, now } = decision
  const scopes = grant.scopes
  const chosen = await chooseSession(decision, { wanted: undefined, scopes, existing: undefined })
  if (!chosen.ok) throw new Error('the session of imported devices is gone')
  if (chosen.value.id !== undefined) return chosen.value.id
  const made = newSessionFor(device.id, { id: random.sessionId(), key: chosen.value.key, by: actor.ref, now })
  await tx.insertSession(made)
  return made.id
}

async function takeRole(
  { drawSecret }: TakeInDeps,
  decision: Decision,
  {
    device,
    grant: foreign,
    session,
    home,
  }: {
    readonly device: ForeignDevice
    readonly grant: ForeignGrant
    readonly session: SessionId
    readonly home: Home
  },
): Promise<void> {
  const { tx, now, idleMs, append } = decision
  const grant = await grantOf(decision, device, { foreign, session })
  const token = importToken(foreign, grant, drawSecret())
  const record = deviceAfter(await tx.findDevice(device.id), { device, foreign, grant })
  await tx.saveDevice(record)
  await tx.saveToken(token)
  const { deviceId, role, tokenId } = token
  const about = { deviceId, role, tokenId, home }
  await append(
    { kind: 'device-imported', ...about },
    { after: { name: nameOf(record), ...tokenFacts(token) } },
  )
  if (foreign.state === 'revoked') await append({ kind: 'token-revoked', ...about })
  if (isLiveAdmin(token, now, idleMs)) await endClaim(tx, now)
}

async function grantOf(
  decision: Decision,
  { id: deviceId, publicKey, metadata, label }: ForeignDevice,
  { foreign, session }: { readonly foreign: ForeignGrant; readonly session: SessionId },
): Promise<Grant> {
  const { actor, now, idleMs } = decision
  const { role } = foreign
  const scopes = foreign.state === 'live' ? foreign.scopes : []
  return {
    request: { deviceId, publicKey, metadata, role, why: 'not-paired' },
    scopes,
    sessionId: session,
    lifetime: await chooseLifetime(decision, { wanted: undefined, existing: undefined, role, scopes }),
    idleMs,
    label,
    by: actor.ref,
    via: 'import',
    now,
  }
}

/** What it was there, and by `existing` the roles of it that were taken in before this one. */
function deviceAfter(
  existing: Device | undefined,
  {
    device,
    foreign,
    grant,
  }: { readonly device: ForeignDevice; readonly foreign: ForeignGrant; readonly grant: Grant },
): Device {
  const isLive = foreign.state === 'live'
  const granted = grantDevice(
    existing,
    { ...grant, scopes: isLive ? baselineOf(device, foreign) : [] },
    false,
  )
  const { pairedAt, lastSeenAt, lastSeenIp } = device
  const after = { ...granted, pairedAt, lastSeenAt, lastSeenIp }
  return isLive ? after : withoutRole(after, foreign.role)
}

/** An operator's token can later be rotated to all that was approved. */
function baselineOf(
  { scopes }: ForeignDevice,
  grant: { readonly role: Role; readonly scopes: readonly Scope[] },
) {
  if (grant.role !== 'operator') return []
  return coversScopes(scopes, grant.scopes) ? scopes : grant.scopes
}
