/** The parts of a gateway's address, as links and setup codes carry it. */
export interface GatewayUrl {
  readonly secure: boolean
  /** Host and, if it is not the scheme's own, port: `gateway.example:8443`, `[::1]:18789`. */
  readonly authority: string
  /** Path of a reverse proxy in front, without a slash at its end; empty for none. */
  readonly prefix: string
}

const LONGEST = 512
// Spelled out, because parsers of URLs repair what they read: what is shown must be what is dialled.
const ADDRESS =
  /^(ws|wss|http|https):\/\/((?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?)((?:\/[A-Za-z0-9._~-]+)*)\/?$/i
const HIGHEST_PORT = 65_535

/** Reads `ws(s)://` and `http(s)://` alike. @returns `undefined` for everything that is no plain address. */
export function parseGatewayUrl(text: string): GatewayUrl | undefined {
  const [, scheme = '', authority = '', prefix = ''] = (text.length <= LONGEST && ADDRESS.exec(text)) || []
  const port = /:(\d+)$/.exec(authority.replace(/^\[.*\]/, ''))?.[1]
  if (authority === '' || Number(port ?? 0) > HIGHEST_PORT) return undefined
  if (prefix.split('/').some((part) => part === '.' || part === '..')) return undefined
  const secure = /^(?:wss|https)$/i.test(scheme)
  const standard = secure ? ':443' : ':80'
  const name = authority.toLowerCase()
  return { secure, authority: port === standard.slice(1) ? name.slice(0, -standard.length) : name, prefix }
}

/** `wss://gateway.example/prefix`: where sockets are opened. */
export function socketUrl({ secure, authority, prefix }: GatewayUrl): string {
  return `${secure ? 'wss' : 'ws'}://${authority}${prefix}`
}

/** `https://gateway.example/prefix`: where pages are read. */
export function pageUrl({ secure, authority, prefix }: GatewayUrl): string {
  return `${secure ? 'https' : 'http'}://${authority}${prefix}`
}
