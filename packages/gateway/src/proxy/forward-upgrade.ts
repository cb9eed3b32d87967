import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ForwardDeps, notesOf, type Outgoing } from './forward-request.ts'
import { REFUSALS, sendUpgradeRefusal } from './proxy-refusal.ts'
import { reasonPhrase } from './reason-phrase.ts'
import { responseHeaders } from './response-headers.ts'
import type { UpstreamClients } from './upstream-clients.ts'
import { isNoAnswer, LATE, refusalOf } from './upstream-failure.ts'

export interface UpgradeSocket {
  readonly socket: Duplex & { setTimeout?(ms: number, late: () => void): unknown }
  /** What the client sent behind its request. */
  readonly head: Buffer
}

export interface ForwardUpgradeDeps extends Pick<ForwardDeps, 'onOutcome' | 'ticks'> {
  readonly clients: Pick<UpstreamClients, 'request'>
}

export type ForwardUpgrade = (client: UpgradeSocket, outgoing: Outgoing) => void

/** Asks an upstream for a WebSocket and ties the two sockets together once it has agreed, and not before. */
export function createForwardUpgrade({ clients, onOutcome, ticks }: ForwardUpgradeDeps): ForwardUpgrade {
  return ({ socket, head }, outgoing) => {
    const { upstream } = outgoing
    const startedAt = ticks()
    const tell = (outcome: number | string) => onOutcome(upstream, outcome, ticks() - startedAt)
    const { target: path, headers } = outgoing
    const asked = clients.request(upstream, {
      method: 'GET',
      path,
      headers: [...headers, 'connection', 'Upgrade', 'upgrade', 'websocket'],
    })
    const late = setTimeout(
      () => asked.destroy(Object.assign(new Error('late'), { code: LATE })),
      upstream.timeouts.responseMs,
    ).unref()
    const over = () => {
      clearTimeout(late)
      asked.destroy()
    }
    socket.on('error', () => socket.destroy())
    socket.once('close', over)
    socket.setTimeout?.(upstream.timeouts.idleMs, () => socket.destroy())

    let hasAnswer = false
    asked.on('error', (error) => {
      clearTimeout(late)
      // What would be said now would be taken for a piece of the answer.
      if (hasAnswer) return void socket.destroy()
      const { code = error.name } = error as NodeJS.ErrnoException
      tell(code)
      if (!socket.destroyed) sendUpgradeRefusal(refusalOf(code), socket)
    })
    asked.on('response', (answer) => {
      clearTimeout(late)
      hasAnswer = true
      if (isNoAnswer(answer)) return void refuseBroken(socket, answer)
      tell(answer.statusCode ?? 502)
      passRefusal(socket, answer, outgoing)
    })
    asked.on('upgrade', (answer, inner, innerHead) => {
      clearTimeout(late)
      hasAnswer = true
      if (answer.headers.upgrade?.toLowerCase() !== 'websocket') return refuseBroken(socket, inner)
      tell(101)
      socket.write(headOf(answer, outgoing, ['Connection: Upgrade', 'Upgrade: websocket']), 'latin1')
      tie({ socket, head }, inner, innerHead)
    })
    asked.end()
  }
}

function refuseBroken(socket: Duplex, answer: { destroy(): unknown }): void {
  answer.destroy()
  sendUpgradeRefusal(REFUSALS.brokenAnswer, socket)
}

function tie({ socket, head }: UpgradeSocket, inner: Duplex, innerHead: Buffer): void {
  const cut = () => {
    socket.destroy()
    inner.destroy()
  }
  for (const each of [socket, inner]) each.on('error', cut).once('close', cut)
  if (innerHead.length > 0) socket.write(innerHead)
  if (head.length > 0) inner.write(head)
  socket.pipe(inner)
  inner.pipe(socket)
}

/** The upstream wants no WebSocket: its answer goes back, and the connection ends with it. */
function passRefusal(socket: Duplex, answer: IncomingMessage, outgoing: Outgoing): void {
  answer.on('error', () => socket.destroy())
  if (socket.destroyed) return
  socket.write(headOf(answer, outgoing, ['Connection: close']), 'latin1')
  answer.pipe(socket)
}

function headOf(
  { statusCode, statusMessage, rawHeaders }: IncomingMessage,
  outgoing: Outgoing,
  more: readonly string[],
): string {
  const headers = responseHeaders({ raw: rawHeaders }, notesOf(outgoing))
  const lines = headers.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${headers[at + 1]}`] : []))
  return `${[`HTTP/1.1 ${statusCode} ${reasonPhrase(statusMessage)}`, ...lines, ...more].join('\r\n')}\r\n\r\n`
}
