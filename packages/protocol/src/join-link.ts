import { decodeBase64, encodeBase64Url } from './base64url.ts'
import { pageUrl, parseGatewayUrl } from './gateway-url.ts'
import type { Brand } from './ids.ts'

/** 128 random bits under which a setup code can be fetched once, over HTTP (protocol fact 16). */
export type JoinCode = Brand<string, 'JoinCode'>

const CODE = /^[A-Za-z0-9_-]{22}$/
const PATH = '/j/'

/** @param bits 16 random bytes */
export function joinCodeOf(bits: Uint8Array): JoinCode {
  return encodeBase64Url(bits) as JoinCode
}

/** @returns the code, or `undefined` for a text with another look. */
export function parseJoinCode(text: string): JoinCode | undefined {
  if (!CODE.test(text)) return undefined
  const bytes = decodeBase64(text)
  // 22 letters hold four bits more than 16 bytes; with those set the same code would have many spellings.
  return bytes && encodeBase64Url(bytes) === text ? (text as JoinCode) : undefined
}

/** `https://gateway.example/j/<code>`. Throws for a URL that is no address. */
export function formatJoinLink(url: string, code: JoinCode): string {
  const address = parseGatewayUrl(url)
  if (!address) throw new TypeError(`not the address of a gateway: ${url}`)
  return `${pageUrl(address)}${PATH}${code}`
}

/** @returns the link as it is to be fetched, or `undefined` for everything that is no join link. */
export function parseJoinLink(text: string): string | undefined {
  const at = text.lastIndexOf(PATH)
  const address = /^https?:/i.test(text) && at > 0 ? parseGatewayUrl(text.slice(0, at)) : undefined
  const code = parseJoinCode(text.slice(at + PATH.length))
  return address && code && `${pageUrl(address)}${PATH}${code}`
}
