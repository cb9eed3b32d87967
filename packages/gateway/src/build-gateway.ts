import type { Core } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import type { FastifyInstance } from 'fastify'
import { type AppDoor, proxiedApps } from './apps/build-apps.ts'
import { buildCore } from './build-core.ts'
import { buildMethods, type MethodsDeps } from './build-methods.ts'
import { buildPolicy, type Policy } from './build-policy.ts'
import { buildReach } from './build-reach.ts'
import type { GatewayParts, Live } from './gateway-parts.ts'
import { startHousekeeping } from './housekeeping.ts'
import { createAuthenticate } from './http/authenticate.ts'
import { buildHttp, type Readiness } from './http/build-http.ts'
import { createEntryRules, type EntryRules } from './http/entry-rules.ts'
import { createStrangerSockets, type StrangerSockets } from './http/stranger-sockets.ts'
import { createUpgradeGuard, type UpgradeGuard } from './http/upgrade-guard.ts'
import { createKeepGuests, type KeepGuests } from './leave-none/keep-guests.ts'
import { createWatchStage, type WatchStage } from './leave-none/watch-stage.ts'
import { createFigures } from './metrics/figures.ts'
import { createGatewayMetrics, type GatewayMetrics } from './metrics/gateway-metrics.ts'
import { createObservers, type Observers } from './observe/create-observers.ts'
import { machineNames } from './platform/machine.ts'
import { hmacBase64Url, sameText } from './platform/node-crypto.ts'
import { randomNonce } from './platform/node-random.ts'
import { processFacts } from './platform/process-facts.ts'
import { createSystemTimers, type Timers } from './platform/timers.ts'
import { buildUpstreams } from './proxy/build-upstreams.ts'
import { createDoors, type Doors } from './proxy/doors.ts'
import { createWorkGates } from './proxy/work-gates.ts'
import { createReadiness } from './readiness.ts'
import { createTokenSecrets } from './state/secrets.ts'
import { watchDatabase } from './state/watch-database.ts'
import type { TlsKeeper } from './tls/tls-keeper.ts'
import { VERSION } from './version.ts'
import { createConnectionRegistry } from './ws/connection-registry.ts'
import { createDecisionWatches, toldTo } from './ws/decision-watch.ts'
import { createDevicePresence } from './ws/device-presence.ts'
import { createDispatch, type Dispatch } from './ws/dispatch-request.ts'
import { createHandshake } from './ws/handshake.ts'
import { hearNews } from './ws/hear-news.ts'
import { createNoteUse, type NoteUse } from './ws/note-use.ts'
import { createPresence } from './ws/presence.ts'
import { createRequestPace } from './ws/request-pace.ts'
import { sayGoodbye } from './ws/say-goodbye.ts'
import { createServeSocket, type OnUpgrade } from './ws/serve-socket.ts'

/** A gateway whose parts are wired; it serves once something listens for it. */
export interface Gateway {
  readonly app: FastifyInstance
  /** What comes in at each port. */
  readonly doors: Doors
  /** Tells where the gateway listens, for `status`. */
  listensAt(url: string): void
  /** Says goodbye, lets replies in flight leave, closes every connection, writes down what is open. */
  stop(reason: string): Promise<void>
}

const LOG_EXCHANGED =
  'the event log is not the one that this gateway started with: the database was exchanged. ' +
  'Nobody is let in. Stop the gateway, bring the database back or run: openclaw recover --accept-rollback'

/** Wires the gateway; nothing of this room is constructed elsewhere, but in the parts that it calls beside it. */
export function buildGateway(given: GatewayParts): Gateway {
  const { settings, clock, log, heads } = given
  const timers = createSystemTimers()
  const database = watchDatabase({ store: given.store, timers, log })
  const parts = { ...given, store: database.store }
  const live = buildLive(parts, timers)
  const secrets = createTokenSecrets(parts.tokenKey)
  let closed: readonly string[] = []
  const policy = buildPolicy(parts)
  const core = buildCore(parts, live, {
    ...policy,
    secrets,
    onLogExchanged() {
      closed = ['event-log']
      log.fatal(LOG_EXCHANGED)
    },
  })
  const startedAt = clock.now()
  let url: string | undefined
  const rules = createEntryRules(settings.config, machineNames())
  const isClosed = () => closed.length > 0
  const reached = buildReach(parts, { core, rules, isClosed, url: () => url })
  const metrics = createGatewayMetrics(parts.upstreams?.clients.bytes)
  const figures = createFigures({ counts: metrics.counts, connections: () => live.registry.size, clock })
  const observers = createObservers({ log, metrics, figures, traces: parts.traces })
  const use = createNoteUse({ ...parts, principals: live.registry.principals })
  const stage = createWatchStage({ ...parts, ...policy, registry: live.registry })
  const keepGuests = createKeepGuests(core)
  const base = { ...policy, core, live, observers, use, keepGuests, startedAt }
  const dispatch = buildDispatch(parts, { ...base, ...reached, secrets, figures })
  const guard = buildGuard(parts, rules, base)
  const shared = { ...base, stage, guard, metrics, timers }
  const onUpgrade = buildSockets(parts, { ...shared, dispatch, isClosed })
  const watched = { clock, database, heads, log }
  const ready = createReadiness({ ...watched, closed: () => closed })
  const strangers = createStrangerSockets({ limits: settings.config.limits, rules })
  const sweeps = { ...live, timers, core, strangers, use, sumUp: observers.sumUp }
  const lookAtTls = async () => parts.tls?.look()
  const housekeeping = startHousekeeping({ ...watched, ...sweeps, stage, lookAtTls })
  const front = buildFront(parts, { ...shared, ...reached, rules, strangers, isClosed, ready, onUpgrade })
  return {
    ...front,
    listensAt(address) {
      url = address
    },
    async stop(reason) {
      closed = ['stopping']
      housekeeping.stop()
      await sayGoodbye({ registry: live.registry, dispatch }, reason)
      await housekeeping.writeDown()
      await heads.written()
    },
  }
}

interface DispatchParts extends MethodsDeps {
  readonly keepGuests: KeepGuests
  readonly observers: Observers
  readonly use: NoteUse
}

function buildDispatch(parts: GatewayParts, deps: DispatchParts): Dispatch {
  return createDispatch({
    handlers: buildMethods(parts, deps),
    clock: parts.clock,
    faults: deps.observers.faults,
    onServed(connection, method) {
      deps.use.note(connection.principal)
      deps.keepGuests.onServed(connection, method)
    },
    onAnswered: deps.observers.request,
    pace: createRequestPace(parts.settings.config.limits),
  })
}

interface FrontDeps extends Omit<WriteMetricsDeps, 'tls'> {
  readonly rules: EntryRules
  readonly strangers: StrangerSockets
  readonly observers: Observers
  readonly use: NoteUse
  readonly isClosed: () => boolean
  readonly onUpgrade: OnUpgrade
  readonly apps: AppDoor | undefined
}

/** What answers over HTTP: the gateway itself, and what is behind it. */
function buildFront(parts: GatewayParts, deps: FrontDeps): Pick<Gateway, 'app' | 'doors'> {
  const { core, rules, strangers, ready, isClosed, use, live, onUpgrade } = deps
  const { settings, log } = parts
  const authenticate = createAuthenticate({ core })
  const app = buildHttp({
    rules,
    ready,
    writeMetrics: createWriteMetrics({ ...deps, tls: parts.tls }),
    verify: {
      authenticate,
      onUse(principal, socket) {
        strangers.letIn(socket)
        use.note(principal)
      },
      isClosed,
    },
    join: { takeJoin: core.takeJoin, publicUrl: () => settings.config.pairing.publicUrl },
    assertions: parts.upstreams?.assertions,
    pages: parts.pages,
    apps: proxiedApps(deps.apps),
    log,
  })
  const upstreams = buildUpstreams(parts.upstreams, deps.apps, {
    ...deps,
    authenticate,
    onUse: use.note,
    work: live.work,
    ticks: () => parts.clock.ticks(),
    log,
  })
  return { app, doors: createDoors({ app, onUpgrade, strangers }, upstreams) }
}

interface WriteMetricsDeps {
  readonly metrics: GatewayMetrics
  readonly core: Core
  readonly guard: UpgradeGuard
  readonly live: Live
  readonly ready: () => Promise<Readiness>
  readonly tls: TlsKeeper | undefined
  readonly startedAt: Instant
}

function createWriteMetrics({ metrics, core, guard, live, ready, tls, startedAt }: WriteMetricsDeps) {
  return async (): Promise<string> =>
    metrics.write({
      version: VERSION,
      startedAtMs: startedAt,
      isReady: (await ready()).ready,
      principals: live.registry.principals(),
      waitingSockets: guard.size(),
      following: core.following,
      tls: tls?.report(),
      process: processFacts(),
    })
}

function buildLive({ clock, log, claim }: GatewayParts, timers: Timers): Live {
  const registry = createConnectionRegistry({ timers, clock })
  const watches = createDecisionWatches({ timers })
  const [host] = machineNames()
  const presence = createPresence({ clock, timers, version: VERSION, startedAt: clock.now(), host })
  const work = createWorkGates({ clock })
  const told = hearNews(toldTo(registry, watches, work), { log, claim })
  const devices = createDevicePresence({ registry, timers, clock })
  const join: typeof presence.join = (connection) => {
    devices.join(connection)
    return presence.join(connection)
  }
  return { registry, watches, presence: { ...presence, join }, work, told }
}

interface SocketsDeps extends Pick<Policy, 'policy'> {
  readonly stage: Pick<WatchStage, 'onOpen'>
  readonly keepGuests: KeepGuests
  readonly core: Core
  readonly live: Live
  readonly dispatch: Dispatch
  readonly timers: Timers
  readonly use: NoteUse
  readonly guard: UpgradeGuard
  readonly observers: Observers
  readonly startedAt: Instant
  readonly isClosed: () => boolean
}

function buildSockets(parts: GatewayParts, deps: SocketsDeps): OnUpgrade {
  const { settings, clock } = parts
  const {
    core,
    live,
    policy,
    stage,
    keepGuests,
    dispatch,
    timers,
    use,
    guard,
    observers,
    startedAt,
    isClosed,
  } = deps
  const { config } = settings
  const revision = () => settings.revision
  return createServeSocket({
    guard,
    handshake: createHandshake({
      core,
      clock,
      registry: live.registry,
      presence: live.presence,
      mode: () => policy.mode,
      version: VERSION,
      bootId: randomNonce(),
      startedAt,
      isClosed,
      revision,
      onEnded: observers.handshake,
    }),
    dispatch,
    timers,
    faults: observers.faults,
    uuid: randomNonce,
    limits: config.limits,
    revision,
    ownerProof: { sign: (text) => hmacBase64Url(parts.localKey, text), sameText },
    onOpen(connection) {
      use.note(connection.principal)
      stage.onOpen(connection)
      keepGuests.onOpen(connection)
    },
    onLost: observers.closed,
  })
}

function buildGuard(
  { settings }: GatewayParts,
  rules: EntryRules,
  { core, observers }: Pick<SocketsDeps, 'core' | 'observers'>,
): UpgradeGuard {
  return createUpgradeGuard({
    rules,
    limits: settings.config.limits,
    onRefusal(code, from) {
      observers.upgradeRefused(code, from)
      core.noteFeed({ kind: 'upgrade-refused', reason: code, prefix: from.prefix })
    },
  })
}
