import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { type DeviceId, encodeBase64Url } from '@pairgate/protocol'
import { ClientError } from '../client-error.ts'
import { createPrivateFile, readPrivateFile } from '../files/private-file.ts'
import type { DeviceKey } from './device-key.ts'

/** Bytes of a raw Ed25519 public key: the tail of its SubjectPublicKeyInfo (RFC 8410). */
const RAW_KEY_BYTES = 32

/**
 * The device key in a PKCS#8 PEM file, made on first use: mode 0600, in a folder of mode 0700. Two processes
 * that come first at once end up with the same key.
 * @throws ClientError `KEY_FILE` when the file is open to others, broken, or holds another kind of key.
 */
export async function loadOrCreateFileKey(path: string): Promise<DeviceKey> {
  try {
    const existing = await readPrivateFile(path)
    if (existing !== undefined) return readKey(existing)
    const created = generatePem()
    const pem = (await createPrivateFile(path, created)) ? created : await readPrivateFile(path)
    return readKey(pem ?? '')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ClientError('KEY_FILE', `The device key cannot be used: ${why}`, {
      details: { path },
      cause: error,
    })
  }

  function readKey(pem: string): DeviceKey {
    const key = parsePem(pem)
    if (key?.asymmetricKeyType !== 'ed25519') {
      throw new Error(
        `${path} holds no Ed25519 private key. It is left as it is; move it away to let a new one be made, ` +
          'which then has to be paired again.',
      )
    }
    return deviceKeyOf(key)
  }
}

function deviceKeyOf(privateKey: KeyObject): DeviceKey {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const raw = spki.subarray(spki.length - RAW_KEY_BYTES)
  return {
    deviceId: createHash('sha256').update(raw).digest('hex') as DeviceId,
    publicKey: encodeBase64Url(raw),
    storage: 'file',
    sign: (text) => encodeBase64Url(sign(null, Buffer.from(text), privateKey)),
  }
}

function generatePem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function parsePem(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
