import {
  type Clock,
  type Core,
  createCore,
  type EventHead,
  type EventSeal,
  type LiveConnections,
  type Store,
  type StoredCounter,
  type TokenSecrets,
} from '@pairgate/core'
import { days, type Instant } from '@pairgate/protocol'
import type { FastifyInstance } from 'fastify'
import { lateBound } from './config/late-bound.ts'
import type { LiveConfig } from './config/live-config.ts'
import { startHousekeeping } from './housekeeping.ts'
import { buildHttp } from './http/build-http.ts'
import { createEntryRules, type EntryRules } from './http/entry-rules.ts'
import { createUpgradeGuard, type UpgradeGuard } from './http/upgrade-guard.ts'
import type { Log } from './platform/log.ts'
import { machineNames } from './platform/machine.ts'
import { createNodeCrypto, hmacBase64Url, sameText } from './platform/node-crypto.ts'
import { createNodeRandom, randomNonce } from './platform/node-random.ts'
import { createSystemTimers, type Timers } from './platform/timers.ts'
import { createReadiness } from './readiness.ts'
import type { EventHeadFile } from './state/event-head.ts'
import { createTokenSecrets, gatewayIdentityOf, sharedTokenOf } from './state/secrets.ts'
import { watchDatabase } from './state/watch-database.ts'
import { VERSION } from './version.ts'
import { createAuthPolicy, createSharedSecrets } from './ws/auth-policy.ts'
import { createCloseOutdated } from './ws/close-outdated.ts'
import { type ConnectionRegistry, createConnectionRegistry } from './ws/connection-registry.ts'
import { createDecisionWatches, type DecisionWatches, toldTo } from './ws/decision-watch.ts'
import { createDispatch, type Dispatch } from './ws/dispatch-request.ts'
import { createHandshake } from './ws/handshake.ts'
import { createAuditMethods } from './ws/methods/audit-methods.ts'
import { createConfigMethods } from './ws/methods/config-methods.ts'
import { createDevicePairMethods } from './ws/methods/device-pair-methods.ts'
import { createDeviceScopesMethods } from './ws/methods/device-scopes-methods.ts'
import { createDeviceTokenMethods } from './ws/methods/device-token-methods.ts'
import { createGatewayReport } from './ws/methods/gateway-report.ts'
import { createMethodHandlers } from './ws/methods/method-handlers.ts'
import { createNoteUse, type NoteUse } from './ws/note-use.ts'
import { createRequestPace } from './ws/request-pace.ts'
import { sayGoodbye } from './ws/say-goodbye.ts'
import { createServeSocket, type OnUpgrade } from './ws/serve-socket.ts'

export interface GatewayParts {
  /** Parts read `settings.config` when they need it, because some of it changes under them. */
  readonly settings: LiveConfig
  readonly store: Store
  readonly clock: Clock
  readonly tokenKey: Uint8Array
  readonly localKey: Uint8Array
  /** Head of the event log at the start. */
  readonly head: EventHead
  readonly seal: EventSeal
  readonly heads: EventHeadFile
  /** Counters of guesses from before the start. */
  readonly counters: readonly StoredCounter[]
  readonly log: Log
}

/** A gateway whose parts are wired; it serves once something listens for it. */
export interface Gateway {
  readonly app: FastifyInstance
  readonly onUpgrade: OnUpgrade
  /** Tells where the gateway listens, for `status`. */
  listensAt(url: string): void
  /** Says goodbye, lets replies in flight leave, closes every connection, writes down what is open. */
  stop(reason: string): Promise<void>
}

const LOG_EXCHANGED =
  'the event log is not the one that this gateway started with: the database was exchanged. ' +
  'Nobody is let in. Stop the gateway, bring the database back or run: openclaw recover --accept-rollback'

/** The only place of this room that constructs things. */
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
  const use = createNoteUse({ store: database.store, clock, log })
  const dispatch = createDispatch({
    handlers: buildMethods(parts, { core, live, secrets, startedAt, url: () => url }),
    clock,
    log,
    onServed: use.note,
    pace: createRequestPace(settings.config.limits),
  })
  const rules = createEntryRules(settings.config, machineNames())
  const onUpgrade = buildSockets(parts, {
    core,
    live,
    dispatch,
    timers,
    use,
    startedAt,
    rules,
    isClosed: () => closed.length > 0,
  })
  const watched = { clock, database, heads, log }
  const ready = createReadiness({ ...watched, closed: () => closed })
  const sweeps = { timers, core, registry: live.registry, flushUse: use.flush }
  const housekeeping = startHousekeeping({ ...watched, ...sweeps })
  return {
    app: buildHttp({ rules, ready, log }),
    onUpgrade,
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

/** The connections of this instance, and what is kept of them. */
interface Live {
  readonly registry: ConnectionRegistry
  readonly watches: DecisionWatches
  /** Both together, as the rules see them. */
  readonly told: LiveConnections
}

function buildLive({ clock }: GatewayParts, timers: Timers): Live {
  const registry = createConnectionRegistry({ timers, clock })
  const watches = createDecisionWatches({ timers })
  return { registry, watches, told: toldTo(registry, watches) }
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
  const { auth, limits, feed } = parts.settings.config
  const sharedSecretsOf = createSharedSecrets(() => sharedTokenOf(parts.tokenKey))
  parts.settings.onChange(createCloseOutdated({ registry, sharedSecretsOf }))
  return createCore({
    ...parts,
    random: createNodeRandom(),
    crypto: createNodeCrypto(),
    secrets,
    policy: createAuthPolicy(auth, sharedSecretsOf),
    live: told,
    feedLimits: { keepMs: days(feed.keepDays), maxRows: feed.maxRows },
    onLogExchanged,
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

interface MethodsDeps {
  readonly core: Core
  readonly live: Live
  readonly secrets: TokenSecrets
  readonly startedAt: Instant
  readonly url: () => string | undefined
}

function buildMethods(
  { store, clock, settings, heads, log, tokenKey, localKey }: GatewayParts,
  { core, live, secrets, startedAt, url }: MethodsDeps,
) {
  const { secretOf } = secrets
  const { registry, watches } = live
  const { config } = settings
  const authMode = config.auth.mode
  const connections = () => registry.size
  return createMethodHandlers({
    report: createGatewayReport({
      read: store.read,
      clock,
      version: VERSION,
      startedAt,
      authMode,
      database: config.database.url === undefined ? 'sqlite' : 'postgres',
      connections,
      url,
      identity: () => gatewayIdentityOf(tokenKey),
    }),
    pair: createDevicePairMethods({ core, isConnected: registry.isConnected }),
    token: createDeviceTokenMethods({ core, secretOf }),
    scopes: createDeviceScopesMethods({ core, clock, watches, secretOf }),
    config: createConfigMethods({
      live: settings,
      hashOf: (text) => `hmac-sha256:v1:${hmacBase64Url(localKey, `config|${text}`)}`,
      log,
    }),
    audit: createAuditMethods({ read: store.read, heads, core, log }),
  })
}

interface SocketsDeps {
  readonly core: Core
  readonly live: Live
  readonly dispatch: Dispatch
  readonly timers: Timers
  readonly use: NoteUse
  readonly startedAt: Instant
  readonly rules: EntryRules
  readonly isClosed: () => boolean
}

function buildSockets(parts: GatewayParts, deps: SocketsDeps): OnUpgrade {
  const { settings, store, clock, log } = parts
  const { core, live, dispatch, timers, use, startedAt, rules, isClosed } = deps
  const { config } = settings
  const revision = () => settings.revision
  return createServeSocket({
    guard: buildGuard(parts, rules, core),
    handshake: createHandshake({
      core,
      read: store.read,
      clock,
      registry: live.registry,
      mode: config.auth.mode,
      version: VERSION,
      bootId: randomNonce(),
      startedAt,
      isClosed,
      revision,
    }),
    dispatch,
    timers,
    log,
    uuid: randomNonce,
    limits: config.limits,
    revision,
    ownerProof: { sign: (text) => hmacBase64Url(parts.localKey, text), sameText },
    onOpen: ({ principal }) => use.note(principal),
  })
}

function buildGuard({ settings, log }: GatewayParts, rules: EntryRules, core: Core): UpgradeGuard {
  return createUpgradeGuard({
    rules,
    limits: settings.config.limits,
    onRefusal(code, { address, prefix }) {
      log.info({ code, address }, 'upgrade refused')
      core.noteFeed({ kind: 'upgrade-refused', reason: code, prefix })
    },
  })
}
