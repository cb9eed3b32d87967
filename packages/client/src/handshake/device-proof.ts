import { signingTextV3, signingTextV4 } from '@pairgate/protocol'
import type { ConnectParams } from '@pairgate/protocol/wire'
import type { DeviceKey } from '../key/device-key.ts'
import { type Challenge, notTheProtocol } from './handshake-messages.ts'

/**
 * The `connect` params with the proof that this device holds its key (protocol fact 6). The text is taken
 * from the very params that are sent, so that the two cannot drift apart.
 * @param origin of the address that was dialled.
 * @throws ClientError `PROTOCOL` when the challenge names no time.
 */
export async function proveDevice(
  params: Omit<ConnectParams, 'device'>,
  key: DeviceKey,
  challenge: Challenge,
  origin: string,
): Promise<ConnectParams> {
  const { nonce, ts: signedAt } = challenge
  if (signedAt === undefined) throw notTheProtocol('sent a challenge without a time')
  const { auth, client } = params
  const facts = {
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
  }
  // The origin that we dialled: whoever passes the signature on to another gateway has passed on another one.
  const text = challenge.knowsOrigin ? signingTextV4(facts, origin) : signingTextV3(facts)
  const signature = await key.sign(text)
  const device = { id: key.deviceId, publicKey: key.publicKey, signature, signedAt, nonce }
  return { ...params, device: { ...device, ...(challenge.knowsOrigin && { origin }) } }
}
