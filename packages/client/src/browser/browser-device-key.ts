import { decodeBase64, encodeBase64Url, parseDeviceId } from '@pairgate/protocol'
import { ClientError } from '../client-error.ts'
import type { DeviceKey } from '../key/device-key.ts'
import { drawBytes } from '../platform/random.ts'
import { createBrowserDatabase } from './open-database.ts'
import { loadPlainCrypto, sha256, webCrypto } from './web-crypto.ts'

export interface BrowserKeyOptions {
  /** Several devices in one browser have several names. */
  readonly name?: string
}

/** What lies in the table: a key that the browser never gives out, or 32 bytes where it has none of those. */
type StoredKey =
  | { readonly publicKey: string; readonly privateKey: CryptoKey }
  | { readonly publicKey: string; readonly secret: Uint8Array<ArrayBuffer> }

/**
 * The page's device key in IndexedDB, made on first use; tabs that come first at once end up with the same.
 * Where WebCrypto has Ed25519 the private half cannot be copied, only used (`storage: 'non-extractable'`).
 * Elsewhere it lies there in bytes (`'extractable'`): any script of this origin can take it away.
 * @throws ClientError `BROWSER_STORAGE` when the browser keeps nothing for this page.
 */
export async function loadOrCreateBrowserKey({
  name = 'device',
}: BrowserKeyOptions = {}): Promise<DeviceKey> {
  const database = createBrowserDatabase()
  const find = (): Promise<StoredKey | undefined> =>
    database.run<StoredKey | undefined>('keys', 'readonly', (table) => table.get(name))
  const existing = await find()
  if (existing) return deviceKeyOf(existing)

  const made = (await makeHiddenKey()) ?? (await makePlainKey())
  try {
    // Unlike `put`, this fails when another tab was faster.
    await database.run('keys', 'readwrite', (table) => table.add(made, name))
  } catch (error) {
    const faster = await find()
    if (faster) return deviceKeyOf(faster)
    throw error
  }
  // Without it a browser that is short of space may forget the key, and with it the pairing.
  void navigator.storage?.persist?.().catch(() => false)
  return deviceKeyOf(made)
}

async function makeHiddenKey(): Promise<StoredKey | undefined> {
  const subtle = webCrypto()
  if (!subtle) return undefined
  try {
    const pair = await subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    if (!('privateKey' in pair)) return undefined
    const raw = new Uint8Array(await subtle.exportKey('raw', pair.publicKey))
    return { publicKey: encodeBase64Url(raw), privateKey: pair.privateKey }
  } catch (error) {
    // A browser of before 2025 has WebCrypto without this curve.
    if (error instanceof DOMException && error.name === 'NotSupportedError') return undefined
    throw error
  }
}

async function makePlainKey(): Promise<StoredKey> {
  const { publicKeyOf } = await loadPlainCrypto()
  const secret = drawBytes(32)
  return { publicKey: encodeBase64Url(publicKeyOf(secret)), secret }
}

async function deviceKeyOf(stored: StoredKey): Promise<DeviceKey> {
  const { publicKey } = stored
  const raw = decodeBase64(publicKey)
  const digest = raw && (await sha256(new Uint8Array(raw)))
  const deviceId = parseDeviceId(
    [...(digest ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  )
  if (!deviceId) throw new ClientError('BROWSER_STORAGE', 'The stored device key is damaged.')
  if ('privateKey' in stored) {
    const { privateKey } = stored
    return { deviceId, publicKey, storage: 'non-extractable', sign: (text) => signHidden(privateKey, text) }
  }
  const { signBytes } = await loadPlainCrypto()
  const { secret } = stored
  return {
    deviceId,
    publicKey,
    storage: 'extractable',
    sign: (text) => encodeBase64Url(signBytes(new TextEncoder().encode(text), secret)),
  }
}

async function signHidden(key: CryptoKey, text: string): Promise<string> {
  const signature = await crypto.subtle.sign('Ed25519', key, new TextEncoder().encode(text))
  return encodeBase64Url(new Uint8Array(signature))
}
