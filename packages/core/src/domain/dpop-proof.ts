import { decodeBase64, parsePublicKey, seconds } from '@pairgate/protocol'

/** A DPoP proof (RFC 9449, section 4.2) as it was sent: nothing of it is verified yet. */
export interface DpopProof {
  /** The raw Ed25519 key of its header; whose it is, the caller has to ask. */
  readonly publicKey: Uint8Array
  /** What the signature covers. */
  readonly signed: string
  readonly signature: Uint8Array
  readonly jti: string
  readonly htm: string
  readonly htu: string
  /** Milliseconds since the epoch, by the clock of whoever made it. */
  readonly issuedAt: number
  /** Lower-case hex SHA-256 of the token that it belongs to. */
  readonly tokenHash: string
  readonly nonce: string | undefined
}

const LONGEST = 4_096
const LONGEST_JTI = 128
/** EdDSA is what libraries write, Ed25519 what RFC 9864 calls the same thing. */
const ALGORITHMS: readonly unknown[] = ['EdDSA', 'Ed25519']
export const DPOP_ALGORITHMS = ALGORITHMS.join(' ')
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/
const SHA256 = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads a proof: a compact JWS of type `dpop+jwt` with a public Ed25519 key in its header. Whatever would have to
 * be understood before it can be judged (`crit`) or must not be there (`d`, the private part of a key) makes it none.
 */
export function parseDpopProof(text: string): DpopProof | undefined {
  const [, head = '', body = '', signature = ''] = text.length > LONGEST ? [] : (COMPACT.exec(text) ?? [])
  const publicKey = keyOfHeader(readJson(head))
  const claims = readJson(body)
  const signatureBytes = decodeBase64(signature)
  if (!publicKey || !claims || !signatureBytes) return undefined
  const facts = readClaims(claims)
  return facts && { publicKey, signed: `${head}.${body}`, signature: signatureBytes, ...facts }
}

type Json = Readonly<Record<string, unknown>>

function keyOfHeader(header: Json | undefined): Uint8Array | undefined {
  if (header?.['typ'] !== 'dpop+jwt' || !ALGORITHMS.includes(header['alg']) || 'crit' in header)
    return undefined
  const { jwk } = header
  if (!isObject(jwk) || jwk['kty'] !== 'OKP' || jwk['crv'] !== 'Ed25519' || 'd' in jwk) return undefined
  return typeof jwk['x'] === 'string' && SHA256.test(jwk['x']) ? parsePublicKey(jwk['x']) : undefined
}

function readClaims({ jti, htm, htu, iat, ath, nonce }: Json) {
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return undefined
  if (typeof htm !== 'string' || typeof htu !== 'string') return undefined
  if (typeof iat !== 'number' || !Number.isSafeInteger(Math.trunc(iat))) return undefined
  if (typeof ath !== 'string' || !SHA256.test(ath)) return undefined
  if (nonce !== undefined && typeof nonce !== 'string') return undefined
  return { jti, htm, htu, issuedAt: seconds(iat), tokenHash: hexOf(decodeBase64(ath)), nonce }
}

/** One JSON object in base64url. Only ASCII: nothing that is compared here has other letters. */
function readJson(part: string): Json | undefined {
  const bytes = decodeBase64(part) ?? []
  if (bytes.length === 0 || bytes.some((byte) => byte > 0x7f)) return undefined
  try {
    const value: unknown = JSON.parse(String.fromCharCode(...bytes))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hexOf(bytes: Uint8Array = new Uint8Array()): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
