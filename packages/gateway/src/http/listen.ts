import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ListenError } from './listen-error.ts'
import { bindOwnerSocket } from './listen-owner-socket.ts'
import { OwnerSocketRequest } from './owner-request.ts'
import { startListening } from './start-listening.ts'
import { trackSockets } from './track-sockets.ts'

export type Via = 'tcp' | 'owner-socket'

/** What TLS servers show, now and from a change on. */
export interface TlsOfServer {
  readonly current: CertificateAndKey
  onChange(listener: (next: CertificateAndKey) => void): void
}

/** In PEM. */
export interface CertificateAndKey {
  readonly cert: string
  readonly key: string
}

export interface ListenOptions {
  /**
   * A Fastify app after `ready()`, or anything else with a request listener; `continuing` is given the requests
   * whose body waits to be asked for.
   */
  readonly app: { readonly routing: RequestListener; readonly continuing?: RequestListener }
  /** Bodies may take as long as they like. */
  readonly takesLongBodies?: boolean
  /** Told of every server that strangers can reach. */
  readonly watch?: (server: Server | TlsServer) => void
  readonly hosts: readonly string[]
  /** 0 takes any port that is free on all hosts. */
  readonly port: number
  readonly tls: TlsOfServer | undefined
  readonly ownerSocketPath: string | undefined
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, via: Via) => void
  /** Time for requests in flight when closing. */
  readonly closeGraceMs?: number
}

export interface Listening {
  readonly port: number
  /** `host:port` of each TCP socket, and the path of the owner's. */
  readonly addresses: readonly string[]
  /** Takes no more connections, lets answers in flight finish for a moment, then cuts what is left. */
  close(): Promise<void>
}

interface OpenServer {
  readonly address: string
  readonly port: number | undefined
  close(graceMs: number): Promise<void>
}

/** Slow or silent peers lose their connection; without the checking interval the limits would wait 30 s. */
const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1_024,
  // Most requests have no body: theirs is over at once, and nobody is told so turn after turn.
  optimizeEmptyRequests: true,
}
const TLS_HANDSHAKE_MS = 10_000
/** Without a byte in either direction, also while an answer waits to be read. */
const SILENCE_MS = 30_000
const CLOSE_GRACE_MS = 2_000
const PORT_TRIES = 10

/** Opens every listening socket, or none. Throws `ListenError`. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const tcp = await openHosts(options)
  const all = [...tcp]
  try {
    if (options.ownerSocketPath !== undefined)
      all.push(await openOwnerSocket(options, options.ownerSocketPath))
  } catch (error) {
    await closeAll(tcp, 0)
    throw error
  }
  return {
    port: tcp[0]?.port ?? options.port,
    addresses: all.map(({ address }) => address),
    close: () => closeAll(all, options.closeGraceMs ?? CLOSE_GRACE_MS),
  }
}

/** With port 0 the first host chooses, and another one may have that port taken: then all choose again. */
async function openHosts(options: ListenOptions): Promise<readonly OpenServer[]> {
  for (let attempt = 1; ; attempt += 1) {
    const opened: OpenServer[] = []
    try {
      for (const host of options.hosts) {
        const server = await openHost({ ...options, port: opened[0]?.port ?? options.port }, host)
        if (server) opened.push(server)
      }
      if (opened.length > 0) return opened
      throw new ListenError(
        `There is no address to listen on (${options.hosts.join(', ')}). Choose another bind.`,
      )
    } catch (error) {
      await closeAll(opened, 0)
      const chosenPortWasTaken = options.port === 0 && opened.length > 0 && isCode(error, 'EADDRINUSE')
      if (!chosenPortWasTaken || attempt === PORT_TRIES) throw error
    }
  }
}

async function openHost(options: ListenOptions, host: string): Promise<OpenServer | undefined> {
  const limits = options.takesLongBodies ? { ...SERVER_OPTIONS, requestTimeout: 0 } : SERVER_OPTIONS
  const server = options.tls ? openTlsServer(options.tls, limits) : createServer(limits)
  server.setTimeout(SILENCE_MS)
  serve(server, options, 'tcp')
  options.watch?.(server)
  const close = trackSockets(server)
  try {
    await startListening(server, () =>
      server.listen({ host, port: options.port, ipv6Only: host.includes(':') }),
    )
  } catch (error) {
    // A machine may list ::1 and still have IPv6 switched off.
    if (host === '::1' && (isCode(error, 'EADDRNOTAVAIL') || isCode(error, 'EAFNOSUPPORT'))) return undefined
    throw listenError(error, host, options.port)
  }
  const { port } = server.address() as AddressInfo
  return { address: hostAndPort(host, port), port, close }
}

/** Handshakes after a change get the new certificate; connections that stand never notice. */
function openTlsServer(tls: TlsOfServer, limits: ServerOptions): TlsServer {
  const contextOf = ({ cert, key }: CertificateAndKey) => ({ cert, key, minVersion: 'TLSv1.2' as const })
  const server = createTlsServer({
    ...limits,
    ...contextOf(tls.current),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: TLS_HANDSHAKE_MS,
  })
  tls.onChange((next) => server.setSecureContext(contextOf(next)))
  return server
}

async function openOwnerSocket(options: ListenOptions, path: string): Promise<OpenServer> {
  const server = createServer({ ...SERVER_OPTIONS, IncomingMessage: OwnerSocketRequest })
  serve(server, options, 'owner-socket')
  const close = trackSockets(server)
  await bindOwnerSocket(server, path)
  // Closing a Unix server also removes its file.
  return { address: path, port: undefined, close }
}

function serve(server: Server | TlsServer, { app, onUpgrade }: ListenOptions, via: Via): void {
  // Bounded by their size. By number, some versions of Node drop the last ones without a word, and with them what
  // a proxy has said.
  server.maxHeadersCount = 0
  server.on('request', app.routing)
  if (app.continuing) server.on('checkContinue', app.continuing)
  server.on('upgrade', (request, socket, head) => onUpgrade(request, socket, head, via))
}

async function closeAll(servers: readonly OpenServer[], graceMs: number): Promise<void> {
  await Promise.all(servers.map((server) => server.close(graceMs)))
}

function listenError(error: unknown, host: string, port: number): ListenError {
  const where = hostAndPort(host, port)
  const { code } = error as NodeJS.ErrnoException
  return new ListenError(reason(code, where), { cause: error })
}

function reason(code: string | undefined, where: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Another program already listens on ${where}, perhaps another gateway (ours or OpenClaw). Stop it, or choose another port with --port.`
    case 'EACCES':
      return `This user may not listen on ${where}. Choose a port above 1023 with --port.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address for ${where}. Correct gateway.bind or gateway.customBindHost.`
    default:
      return `Cannot listen on ${where} (${code}). Choose another bind or port.`
  }
}

function isCode(error: unknown, code: string): boolean {
  const cause = error instanceof ListenError ? error.cause : error
  return cause instanceof Error && 'code' in cause && cause.code === code
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
