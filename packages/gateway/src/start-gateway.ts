import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { type Clock, REMEMBERED_PEERS, readWrongTries, type Store, WRONG_CODES } from '@pairgate/core'
import type { TlsPin } from '@pairgate/protocol'
import { buildGateway, type Gateway } from './build-gateway.ts'
import { type Bind, checkExposure, exposureWarnings, resolveBind } from './config/bind-address.ts'
import { checkUpstreams } from './config/check-upstreams.ts'
import type { GatewayConfig } from './config/gateway-config.ts'
import { createLiveConfig, type LiveConfig } from './config/live-config.ts'
import { type Env, resolveStateDir, type StatePaths, statePaths } from './config/state-dir.ts'
import { NONE_STAGE, stageBegan } from './leave-none/watch-stage.ts'
import { openTraces } from './observe/open-traces.ts'
import { type OpenPorts, openPorts } from './open-ports.ts'
import { readPages } from './pages/read-pages.ts'
import type { Log } from './platform/log.ts'
import { machineNames, thisMachine } from './platform/machine.ts'
import { createSystemClock } from './platform/system-clock.ts'
import { openUpstreams, type UpstreamParts } from './proxy/build-upstreams.ts'
import { type InstanceLock, takeInstanceLock } from './state/instance-lock.ts'
import { type ClaimKeeper, keepClaim } from './state/keep-claim.ts'
import { settleNewKeys } from './state/new-keys.ts'
import { openDatabase } from './state/open-database.ts'
import { openEventLog } from './state/open-event-log.ts'
import { prepareState } from './state/prepare-state.ts'
import { checkKey, loadOrCreateKey, loadTokenKey } from './state/secrets.ts'
import { openTls } from './tls/open-tls.ts'
import type { TlsKeeper } from './tls/tls-keeper.ts'
import { reloadConfig } from './ws/methods/config-methods.ts'

/** What the command line says; text is read as the setting's type. */
export interface GatewayFlags {
  readonly port?: string | undefined
  readonly bind?: string | undefined
  readonly auth?: string | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
  readonly logLevel?: string | undefined
}

export interface StartOptions {
  readonly flags?: GatewayFlags
  readonly env: Env
  readonly home?: string
  /** Where the build has left what browsers load. */
  readonly pagesDir?: string | undefined
  readonly log: Log
}

/** A gateway that listens. */
export interface RunningGateway {
  /** Where clients of this machine connect to. */
  readonly url: string
  readonly addresses: readonly string[]
  /** Where the upstreams without a host of their own are; absent when there are none. */
  readonly upstreamsPort: number | undefined
  readonly stateDir: string
  readonly ownerSocket: string
  readonly authMode: GatewayConfig['auth']['mode']
  /** What clients have to pin, because no authority vouches for the gateway. */
  readonly tlsPin: TlsPin | undefined
  readonly firstStart: boolean
  /** While the gateway has no owner: what makes one, to be shown to nobody but the person at the terminal. */
  readonly claim: { readonly path: string; readonly text: string } | undefined
  /** What is allowed but should be said at every start. */
  readonly warnings: readonly string[]
  /** Reads the config file again and applies what changes live; the log says what came of it. */
  reload(): void
  /** Stops accepting, says goodbye and resolves when everything is closed; twice is the same as once. */
  stop(reason: string): Promise<void>
  /** Resolves when the gateway has stopped. */
  readonly done: Promise<void>
}

/**
 * Reads the configuration, prepares the state, takes the lock and listens.
 * Throws `ConfigError`, `StateError` or `ListenError`; whatever had been opened is closed again.
 */
export async function startGateway({
  flags = {},
  env,
  home = homedir(),
  pagesDir,
  log,
}: StartOptions): Promise<RunningGateway> {
  const paths = statePaths(resolveStateDir(env, home), env)
  const bindOf = rememberBind()
  const live = createLiveConfig({
    file: paths.configFile,
    env,
    flags: toConfigFlags(flags),
    forbids: (config) => checkExposure(config, bindOf(config)) ?? checkUpstreams(config, machineNames()),
  })
  const { config } = live
  followLevel(live, log)
  const bind = bindOf(config)

  const firstStart = !existsSync(paths.localKey)
  await prepareState(paths)
  const lock = takeInstanceLock(paths.lock)
  try {
    const opened = await openParts(paths, { env, config, log })
    try {
      const { clock, store, claim } = opened
      const traces = await openTraces({ clock, log })
      const tls = await openTls({ config, paths, clock, log })
      const upstreams = await openUpstreams(config.upstreams, { key: opened.tokenKey, clock })
      const pages = config.controlUi.enabled ? await loadPages(pagesDir, log) : 'off'
      const gateway = buildGateway({ settings: live, bind, log, traces, tls, upstreams, pages, ...opened })
      await gateway.app.ready()
      const listening = await openPorts(gateway.doors, config, { hosts: bind.hosts, paths, tls })
      const opening = { live, bind, paths, firstStart, lock, clock, store, tls, upstreams, claim, log }
      return running({ gateway, listening, ...opening })
    } catch (error) {
      await opened.store.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Devices pair without them too, so whatever is wrong with them keeps nobody out. */
async function loadPages(dir: string | undefined, log: Log) {
  if (dir === undefined) return undefined
  try {
    const pages = await readPages(dir)
    if (!pages) log.warn('the pages for browsers were not built: run `npm run build` in the checkout')
    return pages
  } catch (error) {
    log.error({ err: error }, 'the pages for browsers cannot be read: build them again')
    return undefined
  }
}

/** Addresses may come and go while the gateway runs: the ones it listens on are found once. */
function rememberBind(): (config: GatewayConfig) => Bind {
  const known = new Map<string, Bind>()
  return (config) => {
    const key = `${config.bind} ${config.customBindHost}`
    const bind = known.get(key) ?? resolveBind(config, thisMachine())
    known.set(key, bind)
    return bind
  }
}

/** The log is older than the settings. */
function followLevel(live: LiveConfig, log: Log): void {
  const first = log.level
  const follow = ({ logging }: GatewayConfig) => {
    log.level = logging.level ?? first
  }
  follow(live.config)
  live.onChange((_before, after) => follow(after))
}

function toConfigFlags({ port, bind, auth, token, password, logLevel }: GatewayFlags) {
  return {
    'gateway.port': port,
    'gateway.bind': bind,
    'gateway.auth.mode': auth,
    'gateway.auth.token': token,
    'gateway.auth.password': password,
    'logging.level': logLevel,
  }
}

/** A change of keys that was cut off: until it is settled nobody can tell which keys are the right ones. */
async function settleUnfinished(paths: StatePaths, { database }: GatewayConfig): Promise<void> {
  if (!existsSync(paths.newKeys)) return
  const store = await openDatabase({ path: paths.database, url: database.url })
  try {
    await settleNewKeys(paths, store.read)
  } finally {
    await store.close()
  }
}

interface Opening {
  readonly env: Env
  readonly config: GatewayConfig
  readonly log: Log
}

async function openParts(paths: StatePaths, { env, config, log }: Opening) {
  await settleUnfinished(paths, config)
  const [tokenKey, localKey] = await Promise.all([loadTokenKey(paths, env), loadOrCreateKey(paths.localKey)])
  const store = await openDatabase({ path: paths.database, url: config.database.url })
  try {
    await checkKey(store, tokenKey)
    const eventLog = await openEventLog(store, paths, { env, log })
    const [[newest], stage, counters, wrongCodes] = await Promise.all([
      store.read.eventsAfter(eventLog.head.seq - 1, 1),
      store.read.findMeta(NONE_STAGE),
      store.read.listCounters(REMEMBERED_PEERS),
      store.read.findMeta(WRONG_CODES),
    ])
    // A clock that was set back while the gateway stood still must not open what had ended.
    const clock = createSystemClock(Math.max(newest?.at ?? 0, stageBegan(stage)))
    const wrongTries = wrongCodes === undefined ? undefined : readWrongTries(wrongCodes)
    const claim = await keepClaim({ store, clock, path: paths.claimLink, log })
    return { store, tokenKey, localKey, ...eventLog, counters, wrongTries, claim, clock }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A variable that was meant for another program would otherwise hide every paired device without a word. */
function databaseWarnings({ database }: GatewayConfig, { database: file }: StatePaths): readonly string[] {
  if (database.url === undefined || !existsSync(file)) return []
  return [
    `gateway.database.url (or DATABASE_URL) names a PostgreSQL database, so ${file} and the devices in it are not used.`,
  ]
}

interface Started {
  readonly gateway: Gateway
  readonly listening: OpenPorts
  readonly live: LiveConfig
  readonly bind: Bind
  readonly paths: StatePaths
  readonly firstStart: boolean
  readonly lock: InstanceLock
  readonly clock: Clock
  readonly store: Store
  readonly tls: TlsKeeper | undefined
  readonly claim: ClaimKeeper
  readonly upstreams: UpstreamParts | undefined
  readonly log: Log
}

function running({
  gateway,
  listening,
  live,
  bind,
  paths,
  firstStart,
  lock,
  clock,
  store,
  tls,
  claim,
  upstreams,
  log,
}: Started): RunningGateway {
  const { config } = live
  const { promise: done, resolve } = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined

  async function stop(reason: string): Promise<void> {
    await Promise.all([gateway.stop(reason), listening.close()])
    await gateway.app.close()
    await upstreams?.clients.close()
    await store.close()
    lock.release()
    resolve()
  }
  const url = `${tls ? 'wss' : 'ws'}://${urlHost(bind)}:${listening.port}`
  gateway.listensAt(url)
  return {
    url,
    addresses: listening.addresses,
    upstreamsPort: listening.upstreamsPort,
    stateDir: paths.dir,
    ownerSocket: paths.ownerSocket,
    authMode: config.auth.mode,
    tlsPin: tls?.pin(),
    firstStart,
    claim: claim.text === undefined ? undefined : { path: paths.claimLink, text: claim.text },
    warnings: [...exposureWarnings(config, bind, clock.now()), ...databaseWarnings(config, paths)],
    reload() {
      try {
        reloadConfig(live, log)
        void tls?.look()
      } catch (error) {
        // A signal has nobody to answer to, and must not end the gateway.
        log.error({ err: error }, 'the settings could not be read again')
      }
    },
    stop(reason) {
      stopping ??= stop(reason)
      return stopping
    },
    done,
  }
}

/** `0.0.0.0` is an address to listen on, not one to connect to. */
function urlHost({ hosts }: Bind): string {
  const [first = '127.0.0.1'] = hosts
  if (first === '0.0.0.0' || first === '::') return '127.0.0.1'
  return first.includes(':') ? `[${first}]` : first
}
