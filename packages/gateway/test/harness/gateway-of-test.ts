import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../src/platform/log.ts'
import { type GatewayFlags, type RunningGateway, startGateway } from '../../src/start-gateway.ts'
import { type OwnerOptions, openOwner, openOwnerSocket } from './owner-client.ts'
import { type OpenOptions, openWireClient, type WireClient } from './wire-client.ts'

export interface GatewayOptions {
  /** The content of `pairgate.json`, below `gateway`. */
  readonly config?: Readonly<Record<string, unknown>>
  /** What else the file holds, beside `gateway`. */
  readonly sections?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: GatewayFlags
  /** A state directory that is there already, instead of a fresh one. */
  readonly stateDir?: string
}

/**
 * Many tests share a gateway, and all of them come from one address. Tests of these limits name their own.
 */
const ROOMY_LIMITS = { failuresPerPeer: 100_000, failuresInAll: 1_000_000, pendingPerPeer: 100_000 }

/** A whole gateway on a state directory of its own; gone after the test. */
export interface GatewayOfTest {
  readonly running: RunningGateway
  readonly url: string
  readonly port: number
  readonly stateDir: string
  readonly ownerSocket: string
  /** Every line of its log. */
  readonly logged: readonly string[]
  /** A socket to it; nothing has been said. */
  open(options?: OpenOptions): WireClient
  /** The owner, connected over the Unix socket. */
  owner(options?: OwnerOptions): Promise<WireClient>
  /** The owner's socket, opened with any nonce, or none. */
  openOwnerSocket(nonce?: string): WireClient
  stop(reason?: string): Promise<void>
  /** Stops and starts again on the same state. */
  restart(): Promise<void>
}

/** Whatever takes a hook: a `TestContext`, or `{ after }` of `node:test` for a gateway of the whole file. */
export interface TestHooks {
  after(cleanUp: () => Promise<void>): void
}

/** Starts a gateway on a fresh state directory and any free port. */
export async function openGateway(hooks: TestHooks, options: GatewayOptions = {}): Promise<GatewayOfTest> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'wire-'))
  const stateDir = options.stateDir ?? join(root, 'state')
  const logged: string[] = []
  const clients = new Set<WireClient>()
  const keep = (client: WireClient) => {
    clients.add(client)
    return client
  }
  let running: RunningGateway | undefined
  hooks.after(async () => {
    for (const { socket } of clients) socket.terminate()
    await running?.stop('test is over')
    rmSync(root, { recursive: true, force: true })
  })

  mkdirSync(stateDir, { mode: 0o700, recursive: true })
  const configFile = join(stateDir, 'pairgate.json')
  writeFileSync(configFile, JSON.stringify({ gateway: withRoom(options.config), ...options.sections }), {
    mode: 0o600,
  })
  const start = () =>
    startGateway({
      flags: { port: '0', ...options.flags },
      env: { PAIRGATE_STATE_DIR: stateDir, ...options.env },
      home: root,
      log: createLog({ level: 'debug', destination: { write: (line) => logged.push(line) } }),
    })
  running = await start()
  const now = () => running as RunningGateway

  return {
    get running() {
      return now()
    },
    get url() {
      return now().url
    },
    get port() {
      return Number(new URL(now().url).port)
    },
    stateDir,
    get ownerSocket() {
      return now().ownerSocket
    },
    logged,
    open: (open) => keep(openWireClient(now().url, open)),
    owner: async (owner) => keep(await openOwner({ ownerSocket: now().ownerSocket, stateDir }, owner)),
    openOwnerSocket: (nonce) => keep(openOwnerSocket({ ownerSocket: now().ownerSocket }, nonce)),
    stop: (reason = 'test') => now().stop(reason),
    async restart() {
      await now().stop('restart')
      running = await start()
    },
  }
}

function withRoom(config: GatewayOptions['config'] = {}): object {
  return { ...config, limits: { ...ROOMY_LIMITS, ...(config['limits'] as object | undefined) } }
}
