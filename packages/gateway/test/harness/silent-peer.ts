import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Challenge } from './connect-params.ts'
import { within } from './within.ts'

/** A frame as it came over TCP. */
export interface RawFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/**
 * A WebSocket client without manners, on bare TCP: it answers no ping and no close, and can send any
 * bytes. For peers that do not play along.
 */
export interface SilentPeer {
  readonly socket: Socket
  /** Every frame of the gateway, in order: 1 text, 8 close, 9 ping. */
  readonly frames: readonly RawFrame[]
  readonly challenge: Challenge
  /** Resolves when TCP itself is over, by FIN or reset. */
  readonly gone: Promise<void>
  /** Sends a masked text frame. */
  sendText(text: string): void
  /** Sends any masked frame; `declaredLength` may lie. */
  sendFrame(frame: { opcode: number; payload: Buffer; fin?: boolean; declaredLength?: number }): void
  /** The first frame that fits, past or to come. */
  nextFrame(fits: (frame: RawFrame) => boolean, what: string): Promise<RawFrame>
}

const TEXT = 1

export async function openSilentPeer(port: number): Promise<SilentPeer> {
  const socket = connect({ host: '127.0.0.1', port })
  // A peer that nobody ends must not keep the test's process alive.
  socket.unref()
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
  const frames: RawFrame[] = []
  const watchers = new Set<() => void>()
  let rest = Buffer.alloc(0)
  let upgraded = false

  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.on('end', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    if (!upgraded) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      upgraded = true
      rest = rest.subarray(end + 4)
    }
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      frames.push({ opcode: frame.opcode, payload: frame.payload })
      rest = rest.subarray(frame.size)
    }
    for (const watcher of [...watchers]) watcher()
  })

  function nextFrame(fits: (frame: RawFrame) => boolean, what: string): Promise<RawFrame> {
    const found = new Promise<RawFrame>((resolve, reject) => {
      const watcher = () => {
        const frame = frames.find(fits)
        if (!frame) return
        watchers.delete(watcher)
        resolve(frame)
      }
      watchers.add(watcher)
      watcher()
      void gone.then(() => reject(new Error(`TCP ended before ${what}`)))
    })
    return within(found, () => what)
  }
  const sendFrame: SilentPeer['sendFrame'] = (frame) => {
    socket.write(encodeFrame(frame))
  }
  const { payload } = await nextFrame(({ opcode }) => opcode === TEXT, 'the challenge')
  return {
    socket,
    frames,
    gone,
    challenge: JSON.parse(payload.toString('utf8')).payload as Challenge,
    nextFrame,
    sendFrame,
    sendText: (text) => sendFrame({ opcode: TEXT, payload: Buffer.from(text, 'utf8') }),
  }
}

interface SizedFrame extends RawFrame {
  readonly size: number
}

/** Reads one unmasked frame of the server, or nothing while it is incomplete. */
function readFrame(bytes: Buffer): SizedFrame | undefined {
  if (bytes.length < 2) return undefined
  const opcode = bytes.readUInt8(0) & 0x0f
  const short = bytes.readUInt8(1) & 0x7f
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < header) return undefined
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < header + length) return undefined
  return { opcode, payload: bytes.subarray(header, header + length), size: header + length }
}

function encodeFrame({
  opcode,
  payload,
  fin = true,
  declaredLength = payload.length,
}: Parameters<SilentPeer['sendFrame']>[0]): Buffer {
  const mask = randomBytes(4)
  const first = (fin ? 0x80 : 0) | opcode
  const head =
    declaredLength < 126
      ? Buffer.from([first, 0x80 | declaredLength])
      : declaredLength < 65_536
        ? Buffer.from([first, 0x80 | 126, declaredLength >> 8, declaredLength & 0xff])
        : longHead(first, declaredLength)
  const masked = Buffer.from(payload)
  for (let at = 0; at < masked.length; at += 1) {
    masked.writeUInt8(masked.readUInt8(at) ^ mask.readUInt8(at % 4), at)
  }
  return Buffer.concat([head, mask, masked])
}

function longHead(first: number, length: number): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt8(first, 0)
  head.writeUInt8(0x80 | 127, 1)
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
