import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  type Admission,
  type AuthPolicy,
  type ConnectAsk,
  type Core,
  createCore,
  EMPTY_LOG,
  type PairingNews,
  type Principal,
  type Result,
  refuse,
  type Store,
} from '@pairgate/core'
import {
  type DeviceId,
  EVERY_SESSION,
  type Instant,
  type Role,
  SCOPES,
  type Scope,
  signingTextV3,
} from '@pairgate/protocol'
import { openSqliteStore } from '@pairgate/store'
import { createNodeCrypto } from '../../src/platform/node-crypto.ts'
import { createNodeRandom } from '../../src/platform/node-random.ts'
import { createEventSeal, createShortSecrets, createTokenSecrets } from '../../src/state/secrets.ts'

/** A device of the test: a real key. */
export interface TestDevice {
  readonly id: DeviceId
  readonly publicKey: string
  readonly key: KeyObject
}

/** The whole core on a real database, with a clock that is moved by hand. */
export interface World {
  readonly core: Core
  readonly store: Store
  readonly news: readonly PairingNews[]
  /** `device` or `device/role` of every gate that was closed. */
  readonly closed: string[]
  /** Connections whose gate nobody has closed. */
  openOf(deviceId: DeviceId): number
  pass(ms: number): void
  now(): Instant
  connect(
    device: TestDevice,
    ask: {
      scopes: readonly string[]
      token?: string | undefined
      bootstrapToken?: string | undefined
      role?: Role
      from?: string
    },
  ): Promise<Result<Admission>>
  readonly owner: Principal
  close(): Promise<void>
}

const crypto = createNodeCrypto()
const OPEN_POLICY: AuthPolicy = {
  mode: 'pairing',
  noneStage: undefined,
  openDoor: undefined,
  hasSharedSecret: false,
  sharedMark: '',
  matchesSharedSecret: () => undefined,
}

export function makeDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12)
  return { id: crypto.deviceIdOf(raw), publicKey: raw.toString('base64url'), key: privateKey }
}

interface WorldOptions {
  /** For tests with more connects than anybody wants to sign. */
  readonly believesSignatures?: boolean
  /** How long tokens may lie unused. */
  readonly idleTtlMs?: number | undefined
}

/**
 * @param wrap puts something of the test between the rules and the database.
 */
export async function openWorld(
  wrap: (store: Store) => Store = (store) => store,
  { believesSignatures = false, idleTtlMs }: WorldOptions = {},
): Promise<World> {
  const store = wrap(await openSqliteStore({ path: ':memory:' }))
  const registered = new Map<object, DeviceId>()
  const closed: string[] = []
  const news: PairingNews[] = []
  let time = 1_800_000_000_000 as Instant
  let connections = 0
  const clock = { now: () => time, wall: () => time, steady: () => time, ticks: () => time }
  const pairing = { defaultSession: 'own', tokenTtlMs: undefined, idleTtlMs }
  const core = createCore({
    store,
    clock,
    random: createNodeRandom(),
    crypto: believesSignatures ? { ...crypto, verifyEd25519: () => true } : crypto,
    secrets: createTokenSecrets(new Uint8Array(32).fill(7)),
    shortSecrets: createShortSecrets(new Uint8Array(32).fill(7)),
    seal: createEventSeal(new Uint8Array(32).fill(8)),
    heads: { note: () => undefined, written: async () => undefined },
    policy: OPEN_POLICY,
    pairing,
    live: {
      closeDevice(deviceId, role) {
        closed.push(role ? `${deviceId}/${role}` : deviceId)
        for (const [connection, of] of registered) if (of === deviceId) registered.delete(connection)
      },
      closeUnpaired: (id) => void closed.push(`unpaired ${id}`),
      closeSession: (id) => void closed.push(id),
      setDeadline: () => undefined,
      closeAll: () => void closed.push('all'),
      tell: (told) => void news.push(told),
      tellMessage: () => undefined,
    },
    messages: { kept: 100 },
    limits: { perDevice: 4, perPeer: 1_000, inAll: 1_000 },
    guesses: { failuresPerPeer: 10, failuresInAll: 300, windowMs: 60_000, lockMs: 300_000 },
    breathe: async () => undefined,
    feedLimits: { keepMs: 1_000_000_000, maxRows: 1_000 },
    counters: [],
    wrongTries: undefined,
    head: EMPTY_LOG,
    onLogExchanged: () => undefined,
  })
  return {
    core,
    store,
    news,
    closed,
    now: clock.now,
    openOf: (deviceId) => [...registered.values()].filter((id) => id === deviceId).length,
    pass: (ms) => {
      time = (time + ms) as Instant
    },
    async connect(device, ask) {
      connections += 1
      const peer = {
        connId: `c${connections}`,
        directLoopback: false,
        reach: 'elsewhere' as const,
        isPrivate: true,
        remoteIp: ask.from ?? '192.0.2.1',
        prefix: ask.from ?? '192.0.2.1',
        network: undefined,
        scopeCap: undefined,
        isOwnOrigin: () => false,
      }
      const accepted = await core.acceptConnect(
        signedAsk(device, ask, believesSignatures ? undefined : time, time),
        peer,
        'nonce',
      )
      if (!accepted.ok) return accepted
      registered.set(peer, device.id)
      const looked = await core.lookAgain(accepted.value)
      if (!looked.ok) registered.delete(peer)
      // As the handshake does: a gate that was closed before it opened never opens.
      return looked.ok && !registered.has(peer) ? refuse({ reason: 'gateway-busy' }) : looked
    },
    owner: {
      kind: 'owner',
      role: 'operator',
      scopes: [...SCOPES],
      sessionId: EVERY_SESSION,
      remoteIp: undefined,
      connId: 'owner',
    },
    close: () => store.close(),
  }
}

function signedAsk(
  device: TestDevice,
  { scopes, token, bootstrapToken, role = 'operator' }: Parameters<World['connect']>[1],
  signs: Instant | undefined,
  now: Instant,
): ConnectAsk {
  const metadata = {
    displayName: undefined,
    platform: 'linux',
    deviceFamily: undefined,
    clientId: 'cli',
    clientMode: 'cli',
  }
  const text = signingTextV3({
    deviceId: device.id,
    clientId: 'cli',
    clientMode: 'cli',
    role,
    scopes,
    signedAt: now,
    token: token ?? bootstrapToken ?? '',
    nonce: 'nonce',
    platform: 'linux',
    deviceFamily: '',
  })
  const signature =
    signs === undefined ? 'A'.repeat(86) : sign(null, Buffer.from(text), device.key).toString('base64url')
  return {
    role,
    scopes,
    clientId: 'cli',
    clientMode: 'cli',
    metadata,
    device: { id: device.id, publicKey: device.publicKey, signature, signedAt: now, nonce: 'nonce' },
    extended: false,
    auth: { token, deviceToken: undefined, bootstrapToken, password: undefined },
  }
}

/** The scopes that a walk plays with: enough for implication, ceiling and admin to matter. */
export const PLAYED: readonly Scope[] = [
  'operator.admin',
  'operator.pairing',
  'operator.write',
  'operator.read',
  'operator.approvals',
]
