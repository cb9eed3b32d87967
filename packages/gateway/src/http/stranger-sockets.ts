import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { createRecentlyUsed } from '../platform/recently-used.ts'
import type { EntryRules } from './entry-rules.ts'
import { limitPrefix, parseSocketIp } from './ip-address.ts'
import type { UpgradeLimits } from './upgrade-counts.ts'

export interface StrangerSocketsDeps {
  readonly limits: UpgradeLimits
  readonly rules: Pick<EntryRules, 'trustedProxies'>
}

/** Connections on which nobody has been let in yet, of all servers of a gateway together. */
export interface StrangerSockets {
  /** Counts the connections of a server; those of trusted proxies are not strangers'. */
  watch(server: Server | TlsServer): void
  /** From here on somebody else looks after the connection, or it has proved itself. */
  letIn(socket: Socket): void
  /**
   * Cuts what is more than its address may have. To be called once a second: a client that opens many
   * connections at once has a moment to say who it is.
   */
  sweep(): void
}

interface Stranger {
  readonly socket: Socket
  readonly prefix: string
  /** Requests that are being answered. */
  busy: number
  /** In sweeps. */
  age: number
}

const GRACE_SWEEPS = 2
/** An address is longer read than it is counted. */
const REMEMBERED_ADDRESSES = 1_024

export function createStrangerSockets({ limits, rules }: StrangerSocketsDeps): StrangerSockets {
  const known = new WeakMap<Socket, Stranger>()
  const list = new StrangerList(limits)
  const placeAt = createRecentlyUsed(REMEMBERED_ADDRESSES, (text) => {
    const address = parseSocketIp(text)
    return address && { address, prefix: limitPrefix(address) }
  })

  function admit(socket: Socket): Stranger | undefined {
    const place = placeAt(socket.remoteAddress ?? '')
    if (!place || rules.trustedProxies.includes(place.address)) return undefined
    const stranger = { socket, prefix: place.prefix, busy: 0, age: 0 }
    if (!list.add(stranger)) return void socket.destroy()
    known.set(socket, stranger)
    socket.on('close', forget)
    return stranger
  }
  // One function for all of them: ten thousand sockets are ten thousand times every closure.
  function forget(this: Socket): void {
    letIn(this)
  }
  function letIn(socket: Socket): void {
    const stranger = known.get(socket)
    if (!stranger) return
    known.delete(socket)
    list.remove(stranger)
  }
  function ask({ socket }: IncomingMessage, response: ServerResponse): void {
    const stranger = known.get(socket)
    if (!stranger) return
    stranger.busy += 1
    response.once('close', () => {
      stranger.busy -= 1
    })
  }
  return {
    watch(server) {
      if ('setSecureContext' in server) watchTls(server, admit, known)
      else server.on('connection', admit)
      server.on('request', ask).on('checkContinue', ask)
    },
    letIn,
    sweep: () => list.sweep(),
  }
}

/** With TLS, requests come on another socket than the one that was connected. */
function watchTls(
  server: TlsServer,
  admit: (socket: Socket) => Stranger | undefined,
  known: WeakMap<Socket, Stranger>,
): void {
  const byPlace = new Map<string, Stranger>()
  server.on('connection', (socket: Socket) => {
    const stranger = admit(socket)
    if (!stranger) return
    const place = placeOf(socket)
    byPlace.set(place, stranger)
    socket.once('close', () => byPlace.delete(place))
  })
  server.on('secureConnection', (socket: Socket) => {
    const stranger = byPlace.get(placeOf(socket))
    if (stranger) known.set(socket, stranger)
  })
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

class StrangerList {
  readonly #limits: UpgradeLimits
  readonly #byPrefix = new Map<string, Set<Stranger>>()
  #total = 0

  constructor(limits: UpgradeLimits) {
    this.#limits = limits
  }

  /** Answers `false` when there is no room. */
  add(stranger: Stranger): boolean {
    const { prefix } = stranger
    if (this.#total >= this.#limits.unauthenticatedInAll && !this.#makeRoom(prefix)) return false
    this.#byPrefix.set(prefix, (this.#byPrefix.get(prefix) ?? new Set()).add(stranger))
    this.#total += 1
    return true
  }

  remove(stranger: Stranger): void {
    const own = this.#byPrefix.get(stranger.prefix)
    if (!own?.delete(stranger)) return
    this.#total -= 1
    if (own.size === 0) this.#byPrefix.delete(stranger.prefix)
  }

  sweep(): void {
    const { unauthenticatedPerPeer } = this.#limits
    for (const own of this.#byPrefix.values()) {
      for (const stranger of own) stranger.age += 1
      const settled = firstToGo([...own].filter(({ age }) => age > GRACE_SWEEPS))
      const excess = Math.max(0, settled.length - unauthenticatedPerPeer)
      for (const stranger of settled.slice(0, excess)) this.#cut(stranger)
    }
  }

  /** By one of the prefix that holds most. Of the newcomer's own prefix only an idle one makes way. */
  #makeRoom(prefix: string): boolean {
    let [busiest, most] = [prefix, (this.#byPrefix.get(prefix)?.size ?? 0) + 1]
    for (const [other, { size }] of this.#byPrefix) if (size > most) [busiest, most] = [other, size]
    const [first] = firstToGo(this.#byPrefix.get(busiest) ?? [])
    if (!first || (busiest === prefix && first.busy > 0)) return false
    this.#cut(first)
    return true
  }

  #cut(stranger: Stranger): void {
    this.remove(stranger)
    stranger.socket.destroy()
  }
}

/** Whoever has nothing answered at the moment goes first, the oldest of them; then the newest. */
function firstToGo(strangers: Iterable<Stranger>): readonly Stranger[] {
  const all = [...strangers]
  const idle = all.filter(({ busy }) => busy === 0)
  return [...idle, ...all.filter(({ busy }) => busy > 0).toReversed()]
}
