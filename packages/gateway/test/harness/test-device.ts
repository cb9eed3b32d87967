import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** A device as the outside world sees one: an Ed25519 key pair that can sign text. */
export interface TestDevice {
  /** Lower-case hex SHA-256 of the raw public key. */
  readonly id: string
  readonly rawPublicKey: Buffer
  /** The raw key in base64url without padding, the form that the gateway stores. */
  readonly publicKey: string
  /** The same key as a PEM block. */
  readonly publicKeyPem: string
  /** For what signs by itself. */
  readonly privateKey: KeyObject
  /** Base64url signature over UTF-8 text. */
  sign(text: string): string
}

/** Makes a device with a fresh key; nothing of the product's own crypto is used. */
export function makeDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const rawPublicKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return {
    id: createHash('sha256').update(rawPublicKey).digest('hex'),
    rawPublicKey,
    publicKey: rawPublicKey.toString('base64url'),
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKey,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  }
}
