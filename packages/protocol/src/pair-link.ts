import { pageUrl, parseGatewayUrl, socketUrl } from './gateway-url.ts'
import { type InvitationSecret, parseInvitationSecret } from './invitation-secret.ts'
import { parseTlsPin, type TlsPin } from './tls-pin.ts'

/** What a pair link says. */
export interface PairLink {
  /** `ws://` or `wss://`: the origin of the link, with the path prefix of a reverse proxy if it has one. */
  readonly url: string
  readonly secret: InvitationSecret
  /** Of the only certificate that the device should accept. */
  readonly tlsFingerprint?: TlsPin
}

const PAGE = '/__pairgate__/pair'
const LONGEST = 1_024

/** The secret stands in the fragment, which browsers send to nobody. Throws for a URL that is no address. */
export function formatPairLink({ url, secret, tlsFingerprint }: PairLink): string {
  const address = parseGatewayUrl(url)
  if (!address) throw new TypeError(`not the address of a gateway: ${url}`)
  const pin = tlsFingerprint === undefined ? '' : `&tls=${tlsFingerprint}`
  return `${pageUrl(address)}${PAGE}#${secret}${pin}`
}

/** @returns `undefined` for everything that is no pair link. */
export function parsePairLink(text: string): PairLink | undefined {
  if (text.length > LONGEST || !/^https?:/i.test(text)) return undefined
  const [page = '', fragment = '', ...more] = text.split('#')
  if (more.length > 0 || !page.endsWith(PAGE)) return undefined
  const address = parseGatewayUrl(page.slice(0, -PAGE.length))
  const [secretText = '', pinText, ...rest] = fragment.split('&')
  const secret = parseInvitationSecret(secretText)
  if (!address || !secret || rest.length > 0) return undefined
  if (pinText === undefined) return { url: socketUrl(address), secret }
  const tlsFingerprint = pinText.startsWith('tls=') ? parseTlsPin(pinText.slice('tls='.length)) : undefined
  return tlsFingerprint && { url: socketUrl(address), secret, tlsFingerprint }
}
