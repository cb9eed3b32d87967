import {
  createBrowserTokenStore,
  type DeviceKey,
  loadOrCreateBrowserKey,
  type StoredToken,
  type TokenStore,
} from '@pairgate/client'
import { browserName } from '../platform/browser-name.ts'
import { type GatewayPlace, gatewayPlaceOf } from './gateway-place.ts'

/** This browser before its gateway: what every page hands to the library. */
export interface BrowserDevice {
  readonly place: GatewayPlace
  readonly key: DeviceKey
  /** Fields of a target of the library. */
  readonly target: {
    readonly url: string
    readonly key: DeviceKey
    readonly tokens: TokenStore
    readonly displayName: string
  }
  loadToken(): Promise<StoredToken | undefined>
}

/** @throws ClientError `BROWSER_STORAGE` when the browser keeps nothing for this page. */
export async function openBrowserDevice(): Promise<BrowserDevice> {
  const place = gatewayPlaceOf(location)
  const key = await loadOrCreateBrowserKey()
  const tokens = createBrowserTokenStore()
  return {
    place,
    key,
    target: { url: place.url, key, tokens, displayName: browserName(navigator) },
    loadToken: () => tokens.load(place.origin, key.deviceId, 'operator'),
  }
}
