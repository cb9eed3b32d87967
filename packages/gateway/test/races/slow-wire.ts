import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestHooks } from '../harness/gateway-of-test.ts'
import { within } from '../harness/within.ts'

/** A wire between the gateway and its PostgreSQL server on which answers can be kept for a while. */
export interface SlowWire {
  /** The same database, by way of this wire. */
  urlOf(url: string): string
  /**
   * Keeps what the server answers to the next read that carries this text, and to all that follow it on
   * that connection. The one connection that writes is never kept.
   */
  keep(text: string): KeptAnswer
  /** Breaks every connection that reads, as soon as the one that writes has committed, until it is called off. */
  breakReadersAtCommit(): { readonly broken: Promise<void>; callOff(): void }
}

export interface KeptAnswer {
  /** Resolves when the server has answered and the gateway has not heard of it. */
  readonly caught: Promise<void>
  release(): void
}

interface Line {
  readonly gateway: Socket
  readonly server: Socket
  writes: boolean
  kept: Buffer[] | undefined
}

interface Trap {
  readonly text: string
  readonly onCaught: () => void
  line: Line | undefined
}

const APPEND_LOCK = 'append_lock'
const COMMIT = 'commit\0'

export async function openSlowWire(hooks: TestHooks, port: number): Promise<SlowWire> {
  const lines = new Set<Line>()
  const traps = new Set<Trap>()
  let onCommit: (() => void) | undefined
  let isBroken = false

  function fromGateway(line: Line, bytes: Buffer): void {
    if (bytes.includes(APPEND_LOCK)) line.writes = true
    if (line.writes && bytes.includes(COMMIT)) onCommit?.()
    for (const trap of traps) {
      if (line.writes || trap.line || !bytes.includes(trap.text)) continue
      trap.line = line
      line.kept = []
    }
    line.server.write(bytes)
  }
  function fromServer(line: Line, bytes: Buffer): void {
    if (!line.kept) return void line.gateway.write(bytes)
    line.kept.push(bytes)
    for (const trap of traps) if (trap.line === line) trap.onCaught()
  }
  const relay = createServer((gateway) => {
    if (isBroken) return void gateway.destroy()
    const line: Line = {
      gateway,
      server: connect({ host: '127.0.0.1', port }),
      writes: false,
      kept: undefined,
    }
    lines.add(line)
    gateway.on('data', (bytes) => fromGateway(line, bytes))
    line.server.on('data', (bytes) => fromServer(line, bytes))
    for (const socket of [gateway, line.server]) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => cut(line))
    }
  })
  function cut(line: Line): void {
    lines.delete(line)
    line.gateway.destroy()
    line.server.destroy()
  }
  hooks.after(async () => {
    for (const line of lines) cut(line)
    relay.close()
    await once(relay, 'close')
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const here = String((relay.address() as AddressInfo).port)

  return {
    urlOf(url) {
      const address = new URL(url)
      address.port = here
      return address.href
    },
    keep(text) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const trap: Trap = { text, onCaught: resolve, line: undefined }
      traps.add(trap)
      return {
        caught: within(promise, () => `a read of ${text}`),
        release() {
          traps.delete(trap)
          const kept = trap.line?.kept ?? []
          if (trap.line) trap.line.kept = undefined
          for (const bytes of kept) trap.line?.gateway.write(bytes)
        },
      }
    },
    breakReadersAtCommit() {
      const { promise: broken, resolve } = Promise.withResolvers<void>()
      onCommit = () => {
        isBroken = true
        for (const line of lines) if (!line.writes) cut(line)
        resolve()
      }
      return {
        broken: within(broken, () => 'a commit'),
        callOff() {
          onCommit = undefined
          isBroken = false
        },
      }
    },
  }
}
