import { type LoadDevice, openDevice } from './open-device.ts'
import { maskedFrame } from './raw-socket.ts'

/** A paired device that calls methods, one after the other. */
export interface Operator {
  call(method: string, params: object): Promise<unknown>
  end(): void
}

interface ResponseFrame {
  readonly ok: boolean
  readonly payload?: unknown
}

export async function openOperator(port: number, admin: LoadDevice): Promise<Operator> {
  let onAnswer: ((text: string) => void) | undefined
  const socket = await openDevice(port, admin, {
    text(payload) {
      if (payload.indexOf('"type":"res"') >= 0) onAnswer?.(payload.toString('utf8'))
    },
  })
  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        onAnswer = (text) => {
          const frame = JSON.parse(text) as ResponseFrame
          if (frame.ok) resolve(frame.payload)
          else reject(new Error(`${method} was refused: ${text}`))
        }
        socket.send(maskedFrame(JSON.stringify({ type: 'req', id: 'v', method, params })))
      }),
    end: () => socket.destroy(),
  }
}
