import { decodeBase64, encodeBase64Url } from './base64url.ts'
import { parseGatewayUrl, socketUrl } from './gateway-url.ts'
import { parseTlsPin, type TlsPin } from './tls-pin.ts'

/** What a setup code says: where the gateway is, and what lets one device in (protocol fact 16). */
export interface SetupPayload {
  /** The first address to try, `ws://` or `wss://`. */
  readonly url: string
  /** All addresses, in the order in which to try them; there when there are two to eight. */
  readonly urls?: readonly string[]
  readonly bootstrapToken: string
  /** Milliseconds since the epoch, on the gateway's clock. */
  readonly expiresAtMs?: number
  readonly tlsFingerprint?: TlsPin
}

const SCHEME = /^oc-pair:\/\//i
const LONGEST = 8_192
const TOKEN = /^[A-Za-z0-9._~-]{6,256}$/
const FIELDS: readonly string[] = ['url', 'urls', 'bootstrapToken', 'expiresAtMs', 'tlsFingerprint']

/** The payload as one word that can be typed, sent and shown as a QR code. */
export function formatSetupCode(payload: SetupPayload): string {
  const { url, urls, bootstrapToken, expiresAtMs, tlsFingerprint } = payload
  const json = JSON.stringify({ url, urls, bootstrapToken, expiresAtMs, tlsFingerprint })
  return encodeBase64Url(Uint8Array.from(json, (letter) => letter.charCodeAt(0)))
}

/** Reads the bare code and `oc-pair://<code>`. @returns `undefined` for everything else. */
export function parseSetupCode(text: string): SetupPayload | undefined {
  const code = text.replace(SCHEME, '').replace(/\/$/, '')
  if (code.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(code)) return undefined
  const bytes = decodeBase64(code)
  // JSON may escape what is not ASCII, and addresses and secrets have nothing of that anyway.
  if (!bytes || bytes.some((byte) => byte > 0x7e)) return undefined
  return parseSetupPayload(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** Reads the JSON of a setup code, which is also what a join link answers. */
export function parseSetupPayload(json: string): SetupPayload | undefined {
  const said = json.length <= LONGEST ? readObject(json) : undefined
  if (!said || Object.keys(said).some((field) => !FIELDS.includes(field))) return undefined
  const url = readAddress(said['url'])
  const urls = readAddresses(said['urls'])
  const { bootstrapToken, expiresAtMs, tlsFingerprint } = said
  const pin = typeof tlsFingerprint === 'string' ? parseTlsPin(tlsFingerprint) : undefined
  if (url === undefined || urls === 'wrong') return undefined
  if (typeof bootstrapToken !== 'string' || !TOKEN.test(bootstrapToken)) return undefined
  if (expiresAtMs !== undefined && !isInstant(expiresAtMs)) return undefined
  if (tlsFingerprint !== undefined && !pin) return undefined
  return {
    url,
    ...(urls && { urls }),
    bootstrapToken,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...(pin && { tlsFingerprint: pin }),
  }
}

function readObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const said: unknown = JSON.parse(json)
    const isObject = typeof said === 'object' && said !== null && !Array.isArray(said)
    return isObject ? (said as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function readAddress(said: unknown): string | undefined {
  if (typeof said !== 'string' || !/^wss?:/i.test(said)) return undefined
  const address = parseGatewayUrl(said)
  return address && socketUrl(address)
}

function readAddresses(said: unknown): readonly string[] | undefined | 'wrong' {
  if (said === undefined) return undefined
  if (!Array.isArray(said) || said.length < 2 || said.length > 8) return 'wrong'
  const urls = said.flatMap((one) => readAddress(one) ?? [])
  return urls.length === said.length ? urls : 'wrong'
}

function isInstant(said: unknown): said is number {
  return typeof said === 'number' && Number.isSafeInteger(said) && said > 0
}
