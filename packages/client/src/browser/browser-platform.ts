import type { Platform } from '../platform/platform.ts'
import { openBrowserSocket } from './open-browser-socket.ts'
import { sendFromPage } from './send-from-page.ts'
import { sha256 } from './web-crypto.ts'

export const platform: Platform = {
  openWebSocket: openBrowserSocket,
  sendRequest: sendFromPage,
  // A page that names itself one must bring an `Origin`, which no page can leave out or forge.
  describeClient: () => ({ id: 'webchat-ui', mode: 'ui', platform: 'web' }),
  /** A page that came unencrypted from there can be anything already: nothing more is lost. */
  allowsPlaintext: (url) =>
    globalThis.location?.protocol === 'http:' && globalThis.location.host === url.host,
  sha256,
}
