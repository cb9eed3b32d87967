import { createHash, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Device, StoreTransaction, Token } from '@pairgate/core'
import {
  type DeviceId,
  EVERY_SESSION,
  formatTokenSecret,
  type Instant,
  type Role,
  type Scope,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import { openSqliteStore } from '@pairgate/store'

/** A paired device with all that it needs to connect. */
export interface SeededDevice {
  readonly id: string
  readonly publicKey: string
  /** PEM. */
  readonly privateKey: string
  readonly token: string
  readonly role: Role
  readonly scopes: readonly Scope[]
}

export interface SeedOptions {
  readonly devices: number
  /** How many of them can connect, spread evenly; making the keys of the others would only cost time. */
  readonly withKeys: number
}

const ROLE: Role = 'operator'
const MEMBER_SCOPES: readonly Scope[] = ['operator.read', 'operator.write']
const ADMIN_SCOPES: readonly Scope[] = ['operator.admin']
/** Rows of one transaction. */
const BATCH = 2_000

/**
 * Puts paired devices into the database of a gateway that does not run. The first is an admin.
 * @returns those that can connect.
 */
export async function seedDevices(
  stateDir: string,
  { devices, withKeys }: SeedOptions,
): Promise<SeededDevice[]> {
  const store = await openSqliteStore({ path: join(stateDir, 'pairgate.db') })
  const step = Math.max(1, Math.floor(devices / withKeys))
  const seeded: SeededDevice[] = []
  try {
    for (let from = 0; from < devices; from += BATCH) {
      await store.mutate(async (tx) => {
        for (let n = from; n < Math.min(from + BATCH, devices); n += 1) {
          const canConnect = n % step === 0 && seeded.length < withKeys
          const added = await seedDevice(tx, n === 0, canConnect)
          if (added) seeded.push(added)
        }
      })
    }
  } finally {
    await store.close()
  }
  return seeded
}

async function seedDevice(tx: StoreTransaction, isAdmin: boolean, canConnect: boolean) {
  const pair = canConnect ? generateKeyPairSync('ed25519') : undefined
  const rawKey = pair ? rawPublicKey(pair.publicKey) : randomBytes(32)
  const secret = formatTokenSecret(randomBytes(32))
  const scopes = isAdmin ? ADMIN_SCOPES : MEMBER_SCOPES
  const sessionId = isAdmin ? EVERY_SESSION : await seedSession(tx)
  const device = deviceRecord(rawKey, scopes)
  await tx.saveDevice(device)
  await tx.saveToken(tokenRecord(device, secret, sessionId))
  if (!pair) return undefined
  const privateKey = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { id: device.id, publicKey: device.publicKey, privateKey, token: secret, role: ROLE, scopes }
}

async function seedSession(tx: StoreTransaction): Promise<SessionId> {
  const id = randomUUID() as SessionId
  await tx.insertSession({ id, key: `bench-${id}`, label: undefined, createdAt: now(), createdBy: 'owner' })
  return id
}

function deviceRecord(rawKey: Buffer, scopes: readonly Scope[]): Device {
  return {
    id: deviceIdOf(rawKey),
    publicKey: rawKey.toString('base64url'),
    displayName: 'bench device',
    platform: 'linux',
    deviceFamily: undefined,
    clientId: 'cli',
    clientMode: 'cli',
    originSignedAt: undefined,
    operatorLabel: undefined,
    roles: [ROLE],
    scopes,
    pairedAt: now(),
    approvedAt: now(),
    approvedBy: 'owner',
    approvedVia: 'operator',
    lastSeenAt: undefined,
    lastSeenIp: undefined,
  }
}

function tokenRecord(device: Device, secret: string, sessionId: SessionId): Token {
  return {
    deviceId: device.id,
    role: ROLE,
    tokenId: randomBytes(16).toString('base64url') as TokenId,
    // The lookup is by hash alone, so the secret need not be derived from the token id.
    tokenHash: sha256(secret) as TokenHash,
    keyId: 'bench',
    presentedAt: now(),
    deliveredAt: now(),
    previousTokenId: undefined,
    previousHash: undefined,
    scopes: device.scopes,
    sessionId,
    createdAt: now(),
    rotatedAt: undefined,
    expiresAt: undefined,
    lifetimeMs: undefined,
    renewedAt: undefined,
    revokedAt: undefined,
    revokedBy: undefined,
    lastUsedAt: undefined,
  }
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32)
}

export function deviceIdOf(rawKey: Buffer): DeviceId {
  return sha256(rawKey) as DeviceId
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function now(): Instant {
  return Date.now() as Instant
}
