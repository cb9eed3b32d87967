import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestHooks } from './host-of-test.ts'

export interface OwnerRelay {
  readonly path: string
  /** Ends each connection, and answers the next `count` of them as a gateway that is just closing does. */
  cutAndBeBusy(count: number): void
  /** How many connections are still to be answered so. */
  busyLeft(): number
}

/** A way to the owner's socket at `target` with somebody in between, who answers instead of the gateway. */
export async function startOwnerRelay(hooks: TestHooks, target: string): Promise<OwnerRelay> {
  const folder = mkdtempSync(join(tmpdir(), 'pairgate-relay-'))
  const path = join(folder, 'relay.sock')
  const open = new Set<Socket>()
  let left = 0
  const server = createServer((near) => {
    const far = dial(target)
    const isBusy = left > 0
    if (isBusy) left -= 1
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    if (isBusy) answerBusy(near, far)
    else far.pipe(near)
  })
  const listening = Promise.withResolvers<void>()
  server.listen(path, listening.resolve)
  await listening.promise
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  hooks.after(() => {
    server.close()
    cut()
    rmSync(folder, { recursive: true })
  })
  return {
    path,
    busyLeft: () => left,
    cutAndBeBusy(count) {
      left = count
      cut()
    },
  }
}

/** Passes on all up to the challenge, and answers the handshake in the gateway's place. */
function answerBusy(near: Socket, far: Socket): void {
  let said = ''
  far.setEncoding('latin1').on('data', (piece: string) => {
    said += piece
    const [, id] = /\{"type":"res","id":"([^"]+)"/.exec(said) ?? []
    if (id === undefined) return void near.write(piece, 'latin1')
    const error = { code: 'UNAVAILABLE', message: 'gateway is busy; retry shortly', retryable: true }
    near.write(textFrame(JSON.stringify({ type: 'res', id, ok: false, error })))
    near.end(CLOSE_TRY_AGAIN)
  })
}

/** From 126 to 65,535 bytes. */
function textFrame(text: string): Buffer {
  const head = Buffer.from([0x81, 126, 0, 0])
  head.writeUInt16BE(Buffer.byteLength(text), 2)
  return Buffer.concat([head, Buffer.from(text)])
}

/** Close frame with code 1013. */
const CLOSE_TRY_AGAIN = Buffer.from([0x88, 2, 0x03, 0xf5])
