import { existsSync } from 'node:fs'
import type { DeviceKey, TokenStore } from '@pairgate/client'
import type { Role, TlsPin } from '@pairgate/protocol'
import { missingCredentials } from './missing-credentials.ts'
import type { LocalFiles } from './read-target-facts.ts'
import { isLoopbackUrl } from './read-url.ts'
import type { Secret, Target, UrlTarget } from './resolve-target.ts'

/** How a command gets in: as the owner, as this device, or with a secret and nothing else. */
export type Way =
  | {
      readonly kind: 'owner'
      readonly socketPath: string
      readonly localKeyPath: string
      readonly url: string
    }
  | {
      readonly kind: 'secret'
      readonly url: string
      readonly secret: Secret
      readonly tlsFingerprint: TlsPin | undefined
    }
  | DeviceWay

export interface DeviceWay {
  readonly kind: 'device'
  readonly url: string
  readonly key: DeviceKey
  readonly tokens: TokenStore
  /** A stored token is what it shows; its scopes are the most it can ask for. */
  readonly isPaired: boolean
  readonly secret: Secret | undefined
  /** Without one, that of the stored token counts. */
  readonly tlsFingerprint: TlsPin | undefined
}

export interface WayOptions {
  readonly files: LocalFiles
  readonly method: string
  readonly role?: Role | undefined
  readonly preferDevice?: boolean
}

/**
 * A secret alone keeps its scopes only on the gateway's own machine; from elsewhere the gateway wants to
 * know the device. No command but `connect` makes a device key: to look around must not leave one behind.
 * @throws CommandError when there is nothing to show.
 */
export async function chooseWay(target: Target, options: WayOptions): Promise<Way> {
  const wantsDevice = options.preferDevice || options.role === 'node'
  if (target.kind === 'owner')
    return (wantsDevice && (await pairedDevice(target, options))) || ownerWay(target, options)
  const { url, secret, tlsFingerprint } = target
  if (secret && isLoopbackUrl(url) && options.role !== 'node')
    return { kind: 'secret', url, secret, tlsFingerprint }

  const device = await findDevice(target, secret, options)
  if (device && (device.isPaired || secret)) return device
  if (secret && options.role !== 'node') return { kind: 'secret', url, secret, tlsFingerprint }
  throw missingCredentials(target, options.method, options.files.configFile)
}

/** This machine's device, where the gateway has let it in. */
export async function pairedDevice(target: Target, options: WayOptions): Promise<DeviceWay | undefined> {
  const device = await findDevice(target, undefined, options)
  return device?.isPaired ? device : undefined
}

function ownerWay(target: Target & { readonly kind: 'owner' }, { role, files, method }: WayOptions): Way {
  const { url, socketPath, localKeyPath } = target
  if (role !== 'node') return { kind: 'owner', url, socketPath, localKeyPath }
  const asUrl: UrlTarget = { kind: 'url', url, source: 'local loopback', secret: undefined }
  throw missingCredentials(asUrl, method, files.configFile)
}

async function findDevice(
  { url, tlsFingerprint }: Target,
  secret: Secret | undefined,
  { files, role = 'operator' }: WayOptions,
): Promise<DeviceWay | undefined> {
  if (!existsSync(files.deviceKey)) return undefined
  const { createFileTokenStore, loadOrCreateFileKey } = await import('@pairgate/client')
  const key = await loadOrCreateFileKey(files.deviceKey)
  const tokens = createFileTokenStore(files.deviceTokens)
  const stored = await tokens.load(new URL(url).origin, key.deviceId, role)
  return { kind: 'device', url, key, tokens, secret, tlsFingerprint, isPaired: stored !== undefined }
}
