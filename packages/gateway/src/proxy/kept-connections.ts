import type { Socket } from 'node:net'
import type { DevicePrincipal } from '@pairgate/core'
import { cutSocket } from '../platform/cut-socket.ts'
import type { Gate } from './work-gates.ts'

/** One request on a connection, and what is left of it there: the name of who sent it. */
export interface Visit {
  /**
   * What a decision about the caller does: it ends the request with its connection. When the request is over, the
   * connection ends too, but an answer to somebody else on it is not disturbed.
   */
  cut(): void
  /** The caller is known, and is being served. */
  begin(gate: Gate, caller: DevicePrincipal): void
  /** The answer is over. The gate is left with the connection, or now. */
  end(stays: 'connection-stays' | 'connection-is-shared'): void
}

/**
 * Connections that clients keep open between their requests. No request is let in by an earlier one, but a
 * connection that a revoked device can go on using looks like one that nobody has cut.
 */
export function createKeptConnections(): { visit(socket: Socket): Visit } {
  const known = new WeakMap<Socket, Connection>()
  return {
    visit(socket) {
      let connection = known.get(socket)
      if (!connection) {
        connection = new Connection(socket)
        known.set(socket, connection)
      }
      return new VisitOf(connection)
    },
  }
}

class Connection {
  readonly socket: Socket
  /** Answers on their way. */
  busy = 0
  /** It ends as soon as nothing is on its way. */
  isOver = false
  /** Of everybody who has been served here, the last gate. */
  readonly #resting: VisitOf[] = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.once('close', () => {
      for (const visit of this.#resting.splice(0)) visit.leave()
    })
  }

  /** Keeps the gate of a visit that is over, instead of an earlier one of the same caller. */
  rest(visit: VisitOf): void {
    const before = this.#resting.findIndex((other) => other.isOfSame(visit))
    this.#resting[before]?.leave()
    this.#resting[before >= 0 ? before : this.#resting.length] = visit
  }
}

class VisitOf implements Visit {
  readonly #connection: Connection
  #gate: Gate | undefined
  #caller: DevicePrincipal | undefined
  #isServed = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  cut(): void {
    const { socket, busy } = this.#connection
    const disturbsNobody = busy === 0 || this.#isServed || this.#gate === undefined
    if (disturbsNobody) cutSocket(socket)
    else this.#connection.isOver = true
  }

  begin(gate: Gate, caller: DevicePrincipal): void {
    this.#gate = gate
    this.#caller = caller
    this.#isServed = true
    this.#connection.busy += 1
  }

  end(stays: 'connection-stays' | 'connection-is-shared'): void {
    const connection = this.#connection
    this.#isServed = false
    connection.busy -= 1
    const isIdle = connection.busy === 0
    if (connection.isOver && isIdle) connection.socket.destroySoon()
    // The proxy that shares it goes on using it for others.
    if (connection.socket.destroyed || stays === 'connection-is-shared') this.leave()
    else connection.rest(this)
  }

  leave(): void {
    this.#gate?.leave()
  }

  isOfSame(other: VisitOf): boolean {
    const one = this.#caller
    const two = other.#caller
    return one?.deviceId === two?.deviceId && one?.role === two?.role && one?.sessionId === two?.sessionId
  }
}
