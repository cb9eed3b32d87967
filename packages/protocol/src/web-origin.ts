import type { Brand } from './ids.ts'

/** Scheme, host and port of a web app, such as `https://app.example` or `http://[::1]:8080`. */
export type WebOrigin = Brand<string, 'WebOrigin'>

const ORIGIN = /^(https?):\/\/([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([1-9]\d{0,4}))?$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * Reads an origin in its one spelling: lower case, no path, no default port. Another spelling is refused and
 * not mended, so that two origins are the same exactly when their texts are.
 * @returns `undefined` for anything else.
 */
export function parseWebOrigin(text: string): WebOrigin | undefined {
  const match = ORIGIN.exec(text)
  const [, scheme = '', , port] = match ?? []
  return match && port !== DEFAULT_PORTS[scheme] ? (text as WebOrigin) : undefined
}
