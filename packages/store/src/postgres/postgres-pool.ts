import { once } from 'node:events'
import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientBase, type CustomTypesConfig, Pool, type PoolClient, types } from 'pg'
import { StoreUnavailable } from '../store-unavailable.ts'
import { whileConnected, whileConnecting } from './postgres-failure.ts'

export interface PoolSettings {
  readonly url: string
  readonly connections: number
  /** What the server ends after so long; the client waits a little longer and then gives up on the server. */
  readonly statementMs: number
  /** How long a statement waits for a lock. */
  readonly lockMs: number
  /** Whether connections are kept for ever, or only while there is something to do. */
  readonly keeps?: boolean
  /** Runs on each new connection before it is used; a throw refuses it. */
  readonly greet?: (client: ClientBase) => Promise<void>
}

/** Connections to one server, which come and go with it. */
export interface Connections {
  take(): Promise<PoolClient>
  /** Waits for those in use, and cuts what a server that is gone does not close. */
  end(): Promise<void>
}

const CONNECT_MS = 5_000
/** A process that stands still inside a transaction holds the append lock for everybody. */
const IDLE_IN_TRANSACTION_MS = 10_000
const IDLE_MS = 30_000
const ANSWER_MS = 5_000
const GOODBYE_MS = 2_000

export function openConnections(settings: PoolSettings): Connections {
  const sockets = new Set<Socket>()
  const pool = new Pool(poolConfig(settings, sockets))
  // Without listeners these would end the process. Who uses the connection is told by its query, and one
  // that nobody uses is replaced by the pool.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    take() {
      if (pool.ending) return Promise.reject(new Error('the store is closed'))
      return whileConnecting(() => pool.connect())
    },
    async end() {
      const ended = new AbortController()
      const patience = pause(GOODBYE_MS, undefined, { signal: ended.signal }).catch(() => undefined)
      // The pool does not wait until the server has understood that we go, and with it our locks.
      const goodbye = pool.end().then(() => Promise.all([...sockets].map((socket) => once(socket, 'close'))))
      await Promise.race([goodbye, patience])
      ended.abort()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Throws if the address is none; an address that is wrong in other ways shows when somebody connects. */
export function checkAddress(url: string): void {
  try {
    // `pg` would take any scheme for its own.
    if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('it does not begin with postgres://')
    new Client({ connectionString: strict(url) })
  } catch (error) {
    throw new StoreUnavailable('address', error)
  }
}

function poolConfig(settings: PoolSettings, sockets: Set<Socket>) {
  const { url, connections, statementMs, lockMs, keeps = false, greet } = settings
  return {
    connectionString: strict(url),
    application_name: 'pairgate',
    max: connections,
    idleTimeoutMillis: keeps ? 0 : IDLE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementMs,
    query_timeout: statementMs + ANSWER_MS,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: WHOLE_NUMBERS,
    stream: () => rememberedIn(sockets),
    async onConnect(client: ClientBase) {
      await checkServer(client)
      await greet?.(client)
    },
  }
}

/** In the words of `pg` 8 these all mean `verify-full`, and it announces that `pg` 9 will check less. */
function strict(url: string): string {
  if (/[?&]uselibpqcompat=true(&|$)/.test(url)) return url
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|#|$)/, '$1verify-full')
}

function rememberedIn(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  return socket
}

interface ServerFacts {
  readonly standby: boolean
  readonly read_only: boolean
  readonly encoding: string
}

/** Asked on every new connection: behind one address there may be another server than a moment ago. */
async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await whileConnected(() => client.query<ServerFacts>(SERVER_FACTS))
  const [facts] = rows
  if (!facts || facts.standby) throw new StoreUnavailable('standby', undefined)
  if (facts.read_only) throw new StoreUnavailable('read-only', undefined)
  if (facts.encoding !== 'UTF8') throw new StoreUnavailable('encoding', undefined)
}

// The settings in it: the server finds out within half a minute that our machine is gone, and with it a lock
// that it held; and a commit is on the disk before it is acknowledged, also where the server is told otherwise.
const SERVER_FACTS = `
  select pg_is_in_recovery() as standby,
    current_setting('transaction_read_only') = 'on' as read_only,
    current_setting('server_encoding') as encoding,
    set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '4', false),
    case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', false) end`

/** PostgreSQL's 64-bit numbers come as text, because not all of them fit; ours are times and counts, and do. */
const WHOLE_NUMBERS: CustomTypesConfig = {
  getTypeParser: (type, format) =>
    type === types.builtins.INT8 && format !== 'binary' ? readWholeNumber : types.getTypeParser(type, format),
}

function readWholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`the database holds a number that is too large: ${text}`)
  return value
}
