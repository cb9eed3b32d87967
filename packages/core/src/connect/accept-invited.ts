import { meetScopes, type Role } from '@pairgate/protocol'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Token } from '../domain/token.ts'
import type { WrongCode } from '../invitations/note-wrong-code.ts'
import type { Redeemed, RedeemInvitation } from '../invitations/redeem-invitation.ts'
import type { TokenSecrets } from '../ports/crypto.ts'
import type { StoreReader } from '../ports/store.ts'
import { type Admission, devicePrincipal, type IssuedToken, knownScopes } from './admission.ts'
import type { ConnectAsk, ConnectPeer } from './connect-ask.ts'
import type { InvitationCredential } from './judge-invitation.ts'
import type { ProvedDevice } from './verify-device-proof.ts'

export interface InvitedConnect {
  readonly ask: ConnectAsk
  readonly peer: ConnectPeer
  readonly role: Role
  readonly proved: ProvedDevice
  readonly invited: InvitationCredential
}

type Joined = Extract<Redeemed, { kind: 'joined' }>

export interface AcceptInvitedDeps {
  readonly read: Pick<StoreReader, 'findDevice'>
  readonly redeemInvitation: RedeemInvitation
  readonly wrongCode: WrongCode
  readonly secrets: TokenSecrets
}

export type AcceptInvited = (connect: InvitedConnect) => Promise<Result<Admission>>

/** A connect by invitation: redeemed now, repeated, or sent to whoever has to confirm it. */
export function createAcceptInvited(deps: AcceptInvitedDeps): AcceptInvited {
  return async (connect) => {
    const { codeTry } = connect.invited
    try {
      const known = await deps.read.findDevice(connect.proved.deviceId)
      const signsOrigin = known?.originSignedAt !== undefined
      if (signsOrigin && !connect.proved.signedOrigin) {
        codeTry?.right()
        return refuse({ reason: 'origin-not-signed' })
      }
      const redeemed = await redeem(deps, connect)
      const isWrong = !redeemed.ok && redeemed.refusal.reason === 'bootstrap-invalid'
      const { peer, proved } = connect
      if (isWrong && codeTry) await deps.wrongCode(codeTry, { peer, deviceId: proved.deviceId })
      else codeTry?.right()
      if (!redeemed.ok) return redeemed
      if (redeemed.value.kind === 'asks')
        return refuse({ reason: 'pairing-required', ...redeemed.value, waits: true })
      const firstOrigin = connect.proved.signedOrigin && !signsOrigin
      return ok(admit(deps, connect, { ...redeemed.value, firstOrigin }))
    } catch (error) {
      // Nobody knows how it went, so it counts.
      codeTry?.wrong()
      throw error
    }
  }
}

function redeem({ redeemInvitation }: AcceptInvitedDeps, connect: InvitedConnect) {
  const { ask, peer, role, proved, invited } = connect
  const { invitation, by, mustConfirm } = invited
  return redeemInvitation({
    ...proved,
    invitation,
    by,
    mustConfirm,
    role,
    asked: knownScopes(ask.scopes),
    metadata: ask.metadata,
    remoteIp: peer.remoteIp,
    prefix: peer.prefix,
    connId: peer.connId,
  })
}

function admit(
  { secrets }: AcceptInvitedDeps,
  { ask, peer, invited }: InvitedConnect,
  { token, others, firstOrigin }: Joined & { readonly firstOrigin: boolean },
): Admission {
  const issue = (record: Token): IssuedToken => ({
    record,
    secret: secrets.secretOf(record.tokenId),
    issuedAt: record.rotatedAt ?? record.createdAt,
    firstOrigin: firstOrigin && record === token,
  })
  // Who asks for nothing cannot know yet what it was invited to.
  const scopes = ask.scopes.length === 0 ? token.scopes : meetScopes(token.scopes, knownScopes(ask.scopes))
  return {
    principal: devicePrincipal(peer, token, scopes, invited),
    method: 'bootstrap-token',
    token: issue(token),
    others: others.map(issue),
    first: undefined,
  }
}
