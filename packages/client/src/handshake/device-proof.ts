import { signingTextV3 } from '@pairgate/protocol'
import type { ConnectParams } from '@pairgate/protocol/wire'
import type { DeviceKey } from '../key/device-key.ts'
import { type Challenge, notTheProtocol } from './handshake-messages.ts'

/**
 * The `connect` params with the proof that this device holds its key (protocol fact 6). The text is taken
 * from the very params that are sent, so that the two cannot drift apart.
 * @throws ClientError `PROTOCOL` when the challenge names no time.
 */
export async function proveDevice(
  params: Omit<ConnectParams, 'device'>,
  key: DeviceKey,
  challenge: Challenge,
): Promise<ConnectParams> {
  const { nonce, ts: signedAt } = challenge
  if (signedAt === undefined) throw notTheProtocol('sent a challenge without a time')
  const { auth, client } = params
  const text = signingTextV3({
    deviceId: key.deviceId,
    clientId: client.id,
    clientMode: client.mode,
    role: params.role ?? 'operator',
    scopes: params.scopes ?? [],
    signedAt,
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? '',
    nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily ?? '',
  })
  const signature = await key.sign(text)
  return { ...params, device: { id: key.deviceId, publicKey: key.publicKey, signature, signedAt, nonce } }
}
