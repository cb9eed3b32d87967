import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { EventSeal, ShortSecrets, Store, TokenSecrets } from '@pairgate/core'
import { decodeBase64, encodeBase64Url, formatTokenSecret } from '@pairgate/protocol'
import type { GatewayIdentity } from '@pairgate/protocol/wire'
import type { Env, StatePaths } from '../config/state-dir.ts'
import { createNodeCrypto, rawPublicKeyOf, sameText } from '../platform/node-crypto.ts'
import { randomKey, randomName } from '../platform/node-random.ts'
import { syncDirectory } from '../platform/sync-directory.ts'
import { checkPrivate } from './file-modes.ts'
import { StateError } from './state-error.ts'

/** Under this name the database keeps which token key it belongs to. */
export const KEY_CHECK = 'key-check'
const KEY_VARIABLE = 'PAIRGATE_TOKEN_KEY'
const EVENTS_KEY_VARIABLE = 'PAIRGATE_EVENTS_KEY'

/** The key of the file, made on first use. Of two processes that make it at once, both get the same. */
export async function loadOrCreateKey(path: string): Promise<Uint8Array> {
  return (await readKey(path)) ?? (await createKey(path))
}

/** The key that token secrets are derived from: out of the environment, else out of its file. */
export async function loadTokenKey(paths: Pick<StatePaths, 'tokenKey'>, env: Env): Promise<Uint8Array> {
  return keyOf(env, KEY_VARIABLE) ?? loadOrCreateKey(paths.tokenKey)
}

/** The same keys for tools that only look: one that is missing is not made. */
export async function findTokenKey(
  paths: Pick<StatePaths, 'tokenKey'>,
  env: Env,
): Promise<Uint8Array | undefined> {
  return keyOf(env, KEY_VARIABLE) ?? readKey(paths.tokenKey)
}
export async function findEventsKey(
  paths: Pick<StatePaths, 'eventsKey'>,
  env: Env,
): Promise<Uint8Array | undefined> {
  return keyOf(env, EVENTS_KEY_VARIABLE) ?? readKey(paths.eventsKey)
}

/** The key of a file, for tools that only look. */
export async function findLocalKey(paths: Pick<StatePaths, 'localKey'>): Promise<Uint8Array | undefined> {
  return readKey(paths.localKey)
}

/** The key that seals the event log: out of the environment, else out of its file. */
export async function loadEventsKey(paths: Pick<StatePaths, 'eventsKey'>, env: Env): Promise<Uint8Array> {
  return keyOf(env, EVENTS_KEY_VARIABLE) ?? loadOrCreateKey(paths.eventsKey)
}

/** Derives token secrets; the key stays in here. */
export function createTokenSecrets(key: Uint8Array): TokenSecrets {
  // Made once: every connect derives a secret, and reading raw key bytes costs more than the HMAC itself.
  const keyObject = createSecretKey(key)
  return {
    keyId: keyIdOf(key),
    secretOf: (tokenId) => formatTokenSecret(hmac(keyObject, `device-token${tokenId}`)),
  }
}

/** Keyed hashes of codes and of shared secrets; the key stays in here. */
export function createShortSecrets(key: Uint8Array): ShortSecrets {
  const own = hmac(key, 'short-secrets')
  return { macOf: (purpose, text) => hmac(own, `${purpose}|${text}`).toString('hex') }
}

/** Tells secrets apart for who holds the key, and tells nobody else anything about them. */
export function secretFingerprint(localKey: Uint8Array, secret: string): string {
  return hmac(localKey, `fingerprint|${secret}`).toString('hex').slice(0, 8)
}

/** Tells keys apart; it tells nothing about the key. */
export function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('key-id').update(key).digest('hex').slice(0, 16)
}

/** Whether a database was begun with this key; `undefined` when it has not noted any. */
export async function fitsKey(
  read: Pick<Store['read'], 'findMeta'>,
  key: Uint8Array,
): Promise<boolean | undefined> {
  const stored = await read.findMeta(KEY_CHECK)
  return stored === undefined ? undefined : sameText(stored, keyCheckValue(key))
}

/** A key that has sealed the log up to an event, and nothing behind it. */
export interface OldEventsKey {
  readonly key: Uint8Array
  readonly upTo: number
}

/** Seals the event log; the keys stay in here. Old ones, the oldest first, are only ever compared with. */
export function createEventSeal(key: Uint8Array, old: readonly OldEventsKey[] = []): EventSeal {
  const macOf = (text: string) => hmac(key, text).toString('hex')
  return {
    macOf,
    macAt(seq, text) {
      const before = old.find(({ upTo }) => seq <= upTo)
      return before ? hmac(before.key, text).toString('hex') : macOf(text)
    },
  }
}

/** What the database keeps to recognise the key again; it tells nothing about the key. */
export function keyCheckValue(key: Uint8Array): string {
  return hmac(key, 'check').toString('hex')
}

/** Refuses a key other than the one that this database was begun with: no token would work with it. */
export async function checkKey(store: Pick<Store, 'read' | 'mutate'>, key: Uint8Array): Promise<void> {
  const ours = keyCheckValue(key)
  const stored = (await store.read.findMeta(KEY_CHECK)) ?? (await saveCheck(store, ours))
  if (sameText(stored, ours)) return
  throw new StateError(
    'The token key does not belong to this database: with it, no paired device could be let in. ' +
      `Put the right secrets/token.key (or ${KEY_VARIABLE}) back from where the key was kept.`,
  )
}

/** The shared token of mode "token" when none is configured. */
export function sharedTokenOf(key: Uint8Array): string {
  return hmac(key, 'gateway-token').toString('base64url')
}

/**
 * The gateway's own key pair comes out of the token key: the same after every start and on every machine
 * that serves the same database, and nothing more to keep. Only its public half is ever asked for.
 */
export function gatewayIdentityOf(key: Uint8Array): GatewayIdentity {
  const raw = rawPublicKeyOf(hmac(key, 'gateway-identity'))
  return { deviceId: createNodeCrypto().deviceIdOf(raw), publicKey: encodeBase64Url(raw) }
}

function keyOf(env: Env, variable: string): Uint8Array | undefined {
  const said = env[variable]
  if (!said) return undefined
  const key = parseKey(said.trim())
  if (key) return key
  throw new StateError(
    `The variable ${variable} holds no key. It must be 32 bytes in base64url: 43 characters.`,
  )
}

/** Two gateways may begin at once: the transaction looks again. */
function saveCheck(store: Pick<Store, 'mutate'>, ours: string): Promise<string> {
  return store.mutate(async (tx) => {
    const stored = await tx.findMeta(KEY_CHECK)
    if (stored === undefined) await tx.saveMeta(KEY_CHECK, ours)
    return stored ?? ours
  })
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  const file = await openKey(path)
  if (!file) return undefined
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new StateError(`${path} is no file. Move it away.`)
    checkPrivate(path, found, { remedy: 'chmod 600', uid: process.getuid?.() })
    const key = found.size <= 64 ? parseKey((await file.readFile('utf8')).replace(/\r?\n$/, '')) : undefined
    if (key) return key
  } finally {
    await file.close()
  }
  throw new StateError(
    `${path} holds no key (32 bytes in base64url). Put it back from a backup. ` +
      'Without one, move the file away: a new key is made at the next start, and every device has to pair again.',
  )
}

/** A link in the place of a key is refused: what it points to may be anybody's. */
async function openKey(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const what =
      code === 'ELOOP' ? 'It is a symbolic link: put the file itself there.' : 'Give this user access to it.'
    throw new StateError(`Cannot read the key ${path} (${code}). ${what}`, { cause: error })
  }
}

/** The whole key appears at its place at once, and only if nothing is there yet. */
async function createKey(path: string): Promise<Uint8Array> {
  const key = randomKey()
  const draft = `${path}.${randomName()}.tmp`
  try {
    await writeDurably(draft, `${encodeBase64Url(key)}\n`)
    await link(draft, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const other = code === 'EEXIST' ? await readKey(path) : undefined
    if (other) return other
    throw new StateError(`Cannot create the key ${path} (${code}). Give this user access to its directory.`, {
      cause: error,
    })
  } finally {
    await rm(draft, { force: true })
  }
  // Tokens are given out right after this: a power cut must not take the key back.
  syncDirectory(dirname(path))
  return key
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** 32 bytes in base64url, or `undefined`. */
export function parseKey(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return undefined
  const key = decodeBase64(text)
  return key?.length === 32 && encodeBase64Url(key) === text ? key : undefined
}

function hmac(key: Uint8Array | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest()
}
