import { generateKeyPairSync } from 'node:crypto'
import { PROTOCOL_VERSION } from '@pairgate/protocol/wire'
import { deviceIdOf } from '../state/seed-devices.ts'
import { connectFrame, type LoadDevice } from './open-device.ts'
import { maskedFrame, openRawSocket } from './raw-socket.ts'

/** What one connect came to. */
export interface ConnectAnswer {
  /** `ok`, the code in the details of the refusal, or why there was no answer. */
  readonly code: string
  readonly requestId: string | undefined
  /** From the first byte to the answer. */
  readonly ms: number
}

/** Makes the frame of a connect out of the one with the challenge. */
export type FrameFor = (challengeFrame: string) => Buffer

interface AnswerFrame {
  readonly ok: boolean
  readonly error?: {
    readonly code: string
    readonly details?: { readonly code?: string; readonly requestId?: string }
  }
}

/** Challenge, connect, answer, goodbye; `from` is the address that a proxy would name. */
export function connectOnce(port: number, frameFor: FrameFor, from?: string): Promise<ConnectAnswer> {
  const { promise, resolve } = Promise.withResolvers<ConnectAnswer>()
  const startedAt = performance.now()
  let isAsked = false
  let answer: ConnectAnswer | undefined
  const listener = {
    text(payload: Buffer) {
      const text = payload.toString('utf8')
      if (!isAsked) {
        isAsked = true
        return socket.send(frameFor(text))
      }
      if (answer || !text.includes('"type":"res"')) return
      const { ok, error } = JSON.parse(text) as AnswerFrame
      const code = ok ? 'ok' : (error?.details?.code ?? error?.code ?? 'no code')
      answer = { code, requestId: error?.details?.requestId, ms: performance.now() - startedAt }
      if (ok) socket.close()
    },
    closed(why: string) {
      socket.destroy()
      const nothing = {
        code: why.split('\r\n')[0] ?? why,
        requestId: undefined,
        ms: performance.now() - startedAt,
      }
      resolve(answer ?? nothing)
    },
  }
  const socket = openRawSocket(port, listener, from)
  return promise
}

/** A connect by key and, if the device has one, by token. */
export function deviceFrame(device: LoadDevice): FrameFor {
  return (challenge) => connectFrame(device, challenge)
}

/** A guess at the shared secret, without a device. */
export function guessFrame(n: number): FrameFor {
  const client = { id: 'cli', version: '1.0.0', platform: 'linux', mode: 'cli' }
  const range = { minProtocol: PROTOCOL_VERSION, maxProtocol: PROTOCOL_VERSION }
  const params = { ...range, client, role: 'operator', scopes: [], auth: { token: `wrong-${n}` } }
  const frame = JSON.stringify({ type: 'req', id: 'c1', method: 'connect', params })
  return () => maskedFrame(frame)
}

/** A device that nobody has paired. */
export function makeStranger(): LoadDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    id: deviceIdOf(raw),
    publicKey: raw.toString('base64url'),
    key: privateKey,
    token: '',
    role: 'operator',
    scopes: ['operator.read'],
  }
}

/** A different address of 198.18.0.0/15, which is there for such tests, for each number. */
export function strangersAddress(n: number): string {
  return `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`
}
