import { type Core, createCore, type TokenSecrets } from '@pairgate/core'
import { days, type Instant } from '@pairgate/protocol'
import type { FastifyInstance } from 'fastify'
import { type AppDoor, proxiedApps } from './apps/build-apps.ts'
import { buildMethods } from './build-methods.ts'
import { buildReach } from './build-reach.ts'
import { lateBound } from './config/late-bound.ts'
import type { GatewayParts, Live } from './gateway-parts.ts'
import { startHousekeeping } from './housekeeping.ts'
import { createAuthenticate } from './http/authenticate.ts'
import { buildHttp, type Readiness } from './http/build-http.ts'
import { createEntryRules, type EntryRules } from './http/entry-rules.ts'
import { createStrangerSockets, type StrangerSockets } from './http/stranger-sockets.ts'
import { createUpgradeGuard, type UpgradeGuard } from './http/upgrade-guard.ts'
import { createFigures } from './metrics/figures.ts'
import { createGatewayMetrics, type GatewayMetrics } from './metrics/gateway-metrics.ts'
import { createObservers, type Observers } from './observe/create-observers.ts'
import { breathe } from './platform/breathe.ts'
import { machineNames } from './platform/machine.ts'
import { createNodeCrypto, hmacBase64Url, sameText } from './platform/node-crypto.ts'
import { createNodeRandom, randomNonce } from './platform/node-random.ts'
import { processFacts } from './platform/process-facts.ts'
import { createSystemTimers, type Timers } from './platform/timers.ts'
import { buildUpstreams } from './proxy/build-upstreams.ts'
import { createDoors, type Doors } from './proxy/doors.ts'
import { createWorkGates } from './proxy/work-gates.ts'
import { createReadiness } from './readiness.ts'
import { createShortSecrets, createTokenSecrets, sharedTokenOf } from './state/secrets.ts'
import { watchDatabase } from './state/watch-database.ts'
import type { TlsKeeper } from './tls/tls-keeper.ts'
import { VERSION } from './version.ts'
import { createAuthPolicy, createSharedSecrets } from './ws/auth-policy.ts'
import { createCloseOutdated } from './ws/close-outdated.ts'
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
  const core = buildCore(parts, live, {
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
  const dispatch = createDispatch({
    handlers: buildMethods(parts, { core, live, secrets, figures, startedAt, ...reached }),
    clock,
    faults: observers.faults,
    onServed: use.note,
    onAnswered: observers.request,
    pace: createRequestPace(settings.config.limits),
  })
  const guard = buildGuard(parts, rules, { core, observers })
  const shared = { core, guard, metrics, observers, live, timers, use, startedAt }
  const onUpgrade = buildSockets(parts, { ...shared, dispatch, isClosed })
  const watched = { clock, database, heads, log }
  const ready = createReadiness({ ...watched, closed: () => closed })
  const strangers = createStrangerSockets({ limits: settings.config.limits, rules })
  const sweeps = { ...live, timers, core, strangers, use, sumUp: observers.sumUp }
  const housekeeping = startHousekeeping({ ...watched, ...sweeps, lookAtTls: async () => parts.tls?.look() })
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

interface CoreParts {
  readonly secrets: TokenSecrets
  readonly onLogExchanged: () => void
}

function buildCore(
  parts: GatewayParts,
  { registry, told }: Live,
  { secrets, onLogExchanged }: CoreParts,
): Core {
  const { auth, limits, feed, pairing } = parts.settings.config
  const sharedSecretsOf = createSharedSecrets(() => sharedTokenOf(parts.tokenKey))
  const shortSecrets = createShortSecrets(parts.tokenKey)
  const markOf = (text: string) => shortSecrets.macOf('shared-secret', text)
  parts.settings.onChange(createCloseOutdated({ registry, sharedSecretsOf }))
  return createCore({
    ...parts,
    random: createNodeRandom(),
    crypto: createNodeCrypto(),
    secrets,
    shortSecrets,
    policy: createAuthPolicy(auth, sharedSecretsOf, markOf),
    pairing,
    live: told,
    breathe,
    feedLimits: { keepMs: days(feed.keepDays), maxRows: feed.maxRows },
    onLogExchanged,
    messages: lateBound(() => ({ kept: parts.settings.config.sessions.keepMessages })),
    limits: lateBound(() => ({
      perDevice: limits.pendingPerDevice,
      perPeer: limits.pendingPerPeer,
      inAll: limits.pendingInAll,
    })),
    guesses: lateBound(() => ({
      failuresPerPeer: limits.failuresPerPeer,
      failuresInAll: limits.failuresInAll,
      windowMs: limits.failureWindowMs,
      lockMs: limits.lockoutMs,
    })),
  })
}

interface SocketsDeps {
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
  const { core, live, dispatch, timers, use, guard, observers, startedAt, isClosed } = deps
  const { config } = settings
  const revision = () => settings.revision
  return createServeSocket({
    guard,
    handshake: createHandshake({
      core,
      clock,
      registry: live.registry,
      presence: live.presence,
      mode: config.auth.mode,
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
    onOpen: ({ principal }) => use.note(principal),
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
