import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { DeviceAuthTokenRecord, DeviceIdentity, GatewayClientHostDeps } from '@openclaw/gateway-client'

/** A machine with a key and a shelf for tokens, as an application of the reference client keeps them. */
export interface ReferenceDevice {
  readonly identity: DeviceIdentity
  readonly hostDeps: GatewayClientHostDeps
  /** What the client has stored for a role, `operator` when left out. */
  stored(role?: string): DeviceAuthTokenRecord | undefined
  /** Puts a token on the shelf by hand, as a copied or restored state would. */
  store(record: DeviceAuthTokenRecord, role?: string): void
  /** What the client did to the shelf, in order. */
  readonly writes: readonly ('store' | 'clear')[]
}

/** DER of an Ed25519 SubjectPublicKeyInfo less the raw key that follows it (RFC 8410). */
const SPKI_PREFIX_BYTES = 12

export function createReferenceDevice(): ReferenceDevice {
  const pair = generateKeyPairSync('ed25519')
  const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const privateKeyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const deviceId = createHash('sha256').update(rawPublicKey(publicKeyPem)).digest('hex')
  const shelf = new Map<string, DeviceAuthTokenRecord>()
  const writes: ('store' | 'clear')[] = []

  return {
    identity: { deviceId, privateKeyPem, publicKeyPem },
    hostDeps: {
      signDevicePayload: (pem, payload) => sign(null, Buffer.from(payload), pem).toString('base64url'),
      publicKeyRawBase64UrlFromPem: (pem) => rawPublicKey(pem).toString('base64url'),
      loadDeviceAuthToken: ({ role }) => shelf.get(role) ?? null,
      storeDeviceAuthToken({ role, token, scopes }) {
        writes.push('store')
        shelf.set(role, { token, scopes })
      },
      clearDeviceAuthToken({ role }) {
        writes.push('clear')
        shelf.delete(role)
      },
      logDebug: () => undefined,
      logError: () => undefined,
    },
    stored: (role = 'operator') => shelf.get(role),
    store(record, role = 'operator') {
      shelf.set(role, record)
    },
    writes,
  }
}

function rawPublicKey(pem: string): Buffer {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX_BYTES)
}
