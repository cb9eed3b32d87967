import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { signingTextV3 } from '@pairgate/protocol'
import { PAIRGATE_CAPABILITY, PROTOCOL_VERSION } from '@pairgate/protocol/wire'
import type { SeededDevice } from '../state/seed-devices.ts'
import { maskedFrame, openRawSocket, type RawSocket } from './raw-socket.ts'

/** A paired device that is ready to sign. */
export interface LoadDevice extends Omit<SeededDevice, 'privateKey'> {
  readonly key: KeyObject
}

export interface DeviceListener {
  /** Every text frame after the hello. */
  text?(payload: Buffer): void
  /** The connection ended after the hello. */
  closed?(why: string): void
  /** TCP is over, by the other side: who listens for this ignores the goodbye. */
  gone?(): void
}

/** The devices that `seedDevices` wrote down. */
export function readDevices(file: string): readonly LoadDevice[] {
  const seeded = JSON.parse(readFileSync(file, 'utf8')) as readonly SeededDevice[]
  return seeded.map(({ privateKey, ...device }) => ({ ...device, key: createPrivateKey(privateKey) }))
}

/** Connects with the device's token: challenge, signed connect, hello. */
export function openDevice(
  port: number,
  device: LoadDevice,
  listener: DeviceListener = {},
): Promise<RawSocket> {
  return new Promise((resolve, reject) => {
    let state: 'challenge' | 'hello' | 'open' = 'challenge'
    const socket = openRawSocket(port, {
      text(payload) {
        if (state === 'open') return listener.text?.(payload)
        const text = payload.toString('utf8')
        if (state === 'challenge') {
          state = 'hello'
          return socket.send(connectFrame(device, text))
        }
        if (!text.includes('"ok":true')) return reject(new Error(`the connect was refused: ${text}`))
        state = 'open'
        resolve(socket)
      },
      gone: () => listener.gone?.(),
      closed(why) {
        if (!listener.gone) socket.destroy()
        if (state === 'open') listener.closed?.(why)
        else reject(new Error(`the connection ended before its hello: ${why}`))
      },
    })
  })
}

/** With the device's token, or by its key alone if that is empty. */
export function connectFrame(device: LoadDevice, challengeFrame: string): Buffer {
  const { payload } = JSON.parse(challengeFrame) as { payload: { nonce: string; ts: number } }
  const { nonce, ts: signedAt } = payload
  const client = { id: 'cli', version: '1.0.0', platform: 'linux', mode: 'cli' }
  const { id: deviceId, publicKey, role, scopes, token } = device
  const { id: clientId, mode: clientMode, platform } = client
  const text = signingTextV3({
    ...{ deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce, platform },
    deviceFamily: '',
  })
  const signature = sign(null, Buffer.from(text), device.key).toString('base64url')
  const params = {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client,
    caps: [PAIRGATE_CAPABILITY],
    role,
    scopes,
    ...(token !== '' && { auth: { deviceToken: token } }),
    device: { id: deviceId, publicKey, signature, signedAt, nonce },
  }
  return maskedFrame(JSON.stringify({ type: 'req', id: 'c1', method: 'connect', params }))
}
