import { type Core, type Device, nameOf, ok, refuse } from '@pairgate/core'
import { parseDeviceId, parseRole, type TokenId } from '@pairgate/protocol'
import type {
  AccessResult,
  ApprovedByRevoked,
  ExtendResult,
  MoveResult,
  RevokeResult,
  RotateResult,
} from '@pairgate/protocol/wire'
import { present } from '../../wire/present.ts'
import type { Handler } from './method-handlers.ts'

export interface DeviceTokenMethodsDeps {
  readonly core: Core
  /** Says a device's current secret. */
  readonly secretOf: (tokenId: TokenId) => string
}

export interface DeviceTokenMethods {
  readonly rotate: Handler<'device.token.rotate'>
  readonly revoke: Handler<'device.token.revoke'>
  readonly extend: Handler<'device.token.extend'>
  readonly move: Handler<'device.token.move'>
  readonly access: Handler<'device.token.access'>
}

/** `device.token.*`. A new secret is told only to the device itself, over its own token's connection (T18). */
export function createDeviceTokenMethods({ core, secretOf }: DeviceTokenMethodsDeps): DeviceTokenMethods {
  return {
    async rotate({ principal }, params) {
      const target = readTarget(params)
      if (!target) return refuse({ reason: 'rotation-denied' })
      const rotated = await core.rotateToken(principal, { ...target, scopes: params.scopes })
      if (!rotated.ok) return rotated
      const { token, tellsCaller } = rotated.value
      const { tokenId, scopes, rotatedAt } = token
      const result = { ...target, scopes, rotatedAtMs: rotatedAt ?? 0 }
      if (!tellsCaller) {
        return ok({ ...result, tokenDelivery: 'withheld-cross-device' } satisfies RotateResult)
      }
      return ok({ ...result, token: secretOf(tokenId), tokenDelivery: 'in-band' } satisfies RotateResult)
    },
    async revoke({ principal, extended }, params) {
      const target = readTarget(params)
      if (!target) return refuse({ reason: 'revocation-denied' })
      const revoked = await core.revokeToken(principal, { ...target, cascade: params.cascade })
      if (!revoked.ok) return revoked
      const { token, standing, taken } = revoked.value
      const result = { ...target, revokedAtMs: token.revokedAt ?? 0 }
      if (!extended) return ok(result satisfies RevokeResult)
      return ok({
        ...result,
        ...(standing.length > 0 && { standing: standing.map(letIn) }),
        ...(taken.length > 0 && { taken: taken.map(letIn) }),
      } satisfies RevokeResult)
    },
    async extend({ principal }, params) {
      const target = readTarget(params)
      if (!target) return refuse({ reason: 'extension-denied' })
      const extended = await core.extendToken(principal, {
        ...target,
        lifetime: params.expiresInMs ?? 'never',
      })
      if (!extended.ok) return extended
      return ok({ ...target, expiresAtMs: extended.value.expiresAt ?? null } satisfies ExtendResult)
    },
    async move({ principal }, params) {
      const target = readTarget(params)
      if (!target) return refuse({ reason: 'move-denied' })
      const moved = await core.moveToken(principal, { ...target, session: params.session })
      return moved.ok ? ok({ ...target, session: moved.value.session } satisfies MoveResult) : moved
    },
    async access({ principal }, params) {
      const minted = await core.mintAccessToken(principal, params)
      if (!minted.ok) return minted
      const { secret, token } = minted.value
      const { expiresAt, scopes, audience } = token
      const told = { accessToken: secret, expiresAtMs: expiresAt, scopes, ...(audience && { audience }) }
      return ok(told satisfies AccessResult)
    },
  }
}

function letIn(device: Device): ApprovedByRevoked {
  return { deviceId: device.id, ...present({ displayName: nameOf(device) }) }
}

function readTarget(params: { readonly deviceId: string; readonly role: string }) {
  const deviceId = parseDeviceId(params.deviceId)
  const role = parseRole(params.role)
  return deviceId && role ? { deviceId, role } : undefined
}
