import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto'
import type { ConnectParams } from '@pairgate/protocol/wire'
import type { KnownDevice, Refusal, StrictGateway } from './strict-state.ts'

const SKEW_MS = 120_000

export function isRefusal(verdict: Refusal | HelloAuthLike): verdict is Refusal {
  return 'code' in verdict
}

/** Rebuilds the signed text by hand: a slip in the shared function must not hide itself. */
export function flawOfProof(params: ConnectParams, nonce: string, origin: string): string | undefined {
  const { device, client, auth, role = 'operator', scopes = [] } = params
  if (!device) return 'DEVICE_IDENTITY_REQUIRED'
  const raw = Buffer.from(device.publicKey, 'base64url')
  if (createHash('sha256').update(raw).digest('hex') !== device.id) return 'DEVICE_AUTH_DEVICE_ID_MISMATCH'
  if (Math.abs(Date.now() - device.signedAt) > SKEW_MS) return 'DEVICE_AUTH_SIGNATURE_EXPIRED'
  if (device.nonce !== nonce) return 'DEVICE_AUTH_NONCE_MISMATCH'
  if (device.origin !== origin) return 'DEVICE_AUTH_SIGNATURE_INVALID'
  const token = auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? ''
  const text =
    `v4|${device.id}|${client.id}|${client.mode}|${role}|${scopes.join(',')}|${device.signedAt}|${token}|${nonce}` +
    `|${client.platform.trim().toLowerCase()}|${(client.deviceFamily ?? '').trim().toLowerCase()}|${origin}`
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: device.publicKey }, format: 'jwk' })
  const fits = verify(null, Buffer.from(text), key, Buffer.from(device.signature, 'base64url'))
  return fits ? undefined : 'DEVICE_AUTH_SIGNATURE_INVALID'
}

export function judgeSecret(
  gateway: StrictGateway,
  { auth, scopes = [] }: ConnectParams,
): Refusal | HelloAuthLike {
  const given = auth?.token ?? auth?.password
  if (given === undefined)
    return {
      code: 'NOT_PAIRED',
      message: 'device identity required',
      details: { code: 'DEVICE_IDENTITY_REQUIRED' },
    }
  if (given !== gateway.sharedToken) return tokenMismatch(false)
  return { role: 'operator', scopes, method: 'token' }
}

type HelloAuthLike = Record<string, unknown> & { scopes: string[] }

export function judgeDevice(gateway: StrictGateway, params: ConnectParams): Refusal | HelloAuthLike {
  const { auth, scopes = [], role = 'operator' } = params
  const id = params.device?.id ?? ''
  const device = gateway.devices.get(id)
  if (auth?.bootstrapToken !== undefined) return judgeInvitation(gateway, params)
  if (auth?.deviceToken !== undefined) {
    if (auth.token !== auth.deviceToken) return invalid('token and deviceToken must agree')
    return judgeToken(device, auth.deviceToken, scopes, role)
  }
  if (auth?.token !== undefined && auth.token !== gateway.sharedToken)
    return tokenMismatch(device !== undefined)
  if (!device || device.refusedBecause !== undefined || (device.presented && !auth)) {
    return pairingRequired(gateway, params)
  }
  const session = scopes.filter((scope) => device.scopes.includes(scope))
  return tokenAuth(device, session, role)
}

function judgeInvitation(gateway: StrictGateway, params: ConnectParams): Refusal | HelloAuthLike {
  if (!gateway.invitations.has(params.auth?.bootstrapToken ?? '')) {
    return invalid('unauthorized: setup code invalid', { code: 'AUTH_BOOTSTRAP_TOKEN_INVALID' })
  }
  const device = gateway.devices.get(params.device?.id ?? '')
  if (!device) return pairingRequired(gateway, params)
  const node = { deviceToken: 'node-token-of-test', role: 'node', scopes: [], issuedAtMs: 2 }
  const noise = { deviceToken: 7, role: 'operator', scopes: 'all' }
  return { ...tokenAuth(device, device.scopes, params.role ?? 'operator'), deviceTokens: [node, noise] }
}

function judgeToken(
  device: KnownDevice | undefined,
  token: string,
  scopes: string[],
  role: string,
): Refusal | HelloAuthLike {
  const isPrevious = device?.previousToken === token
  if (!device || device.refusedBecause !== undefined || (device.token !== token && !isPrevious)) {
    const authReason = device?.refusedBecause ?? 'device_token_mismatch'
    return invalid('unauthorized: device token mismatch', { code: 'AUTH_DEVICE_TOKEN_MISMATCH', authReason })
  }
  if (!scopes.every((scope) => device.scopes.includes(scope))) {
    return invalid('unauthorized: device token scope mismatch', { code: 'AUTH_SCOPE_MISMATCH' })
  }
  if (!isPrevious) device.presented = true
  if (device.presented) delete device.previousToken
  return tokenAuth(device, scopes, role)
}

function tokenAuth({ token, scopes, session }: KnownDevice, live: string[], role: string): HelloAuthLike {
  return {
    role,
    scopes: live,
    deviceToken: token,
    issuedAtMs: 1,
    method: 'device-token',
    tokenScopes: scopes,
    session,
    expiresAtMs: 4_000_000_000_000,
  }
}

function pairingRequired(gateway: StrictGateway, { device, role, scopes }: ConnectParams): Refusal {
  const deviceId = device?.id ?? ''
  const requestId = gateway.pending.get(deviceId) ?? randomUUID()
  gateway.pending.set(deviceId, requestId)
  const details = {
    code: 'PAIRING_REQUIRED',
    reason: gateway.devices.has(deviceId) ? 'role-upgrade' : 'not-paired',
    requestId,
    deviceId,
    requestedRole: role,
    requestedScopes: scopes,
    remediationHint: 'Approve this device from the pending pairing requests.',
    expiresAtMs: 4_000_000_000_000,
    fingerprint: 'words of the gateway',
    retryAfterMs: 10,
  }
  return { code: 'NOT_PAIRED', message: 'pairing required: device is not approved yet', details }
}

function tokenMismatch(canRetryWithDeviceToken: boolean): Refusal {
  return invalid('unauthorized: gateway token mismatch', {
    code: 'AUTH_TOKEN_MISMATCH',
    canRetryWithDeviceToken,
  })
}

export function invalid(message: string, details?: Record<string, unknown>): Refusal {
  return { code: 'INVALID_REQUEST', message, ...(details && { details }) }
}
