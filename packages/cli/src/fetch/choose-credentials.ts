import { createAppFetch, createFetch, type Fetch } from '@pairgate/client'
import { type Role, SCOPES } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import { type DeviceWay, pairedDevice } from '../target/choose-way.ts'
import type { ErrorPlace } from '../target/explain-client-error.ts'
import { explained } from '../target/gateway-link.ts'
import { openConnection } from '../target/open-connection.ts'
import {
  findLocalFiles,
  type LocalFiles,
  readTargetFacts,
  type TargetFlags,
} from '../target/read-target-facts.ts'
import { readUrl } from '../target/read-url.ts'
import { resolveTarget, type Target } from '../target/resolve-target.ts'
import { wherePaired } from '../target/where-paired.ts'

export interface ChoiceFlags extends Pick<TargetFlags, 'url' | 'tlsFingerprint'> {
  readonly accessToken?: boolean
  readonly appOrigin?: string
  readonly role: Role
  readonly timeoutMs: number
}

/** Where a request goes, and what it shows there. */
export interface Choice {
  readonly fetch: Fetch
  readonly url: URL
  readonly place: ErrorPlace
  /** `device`: the device's own token with a proof; `access`: an access token for this origin alone. */
  readonly kind: 'device' | 'access'
}

/**
 * The device's own token goes to the gateway that it is of. Anybody else gets an access token that is good for
 * that origin alone, and only if the caller names the origin twice: data goes along as well.
 * @throws CommandError when this machine is not paired, or the address is neither the gateway's nor named.
 */
export async function chooseCredentials(address: URL | `/${string}`, flags: ChoiceFlags): Promise<Choice> {
  const files = await findLocalFiles(process.env)
  const { target, device } = await findGateway(address, flags, files)
  const gateway = new URL(new URL(device.url).origin.replace(/^ws/, 'http'))
  const url = address instanceof URL ? address : new URL(address, gateway)
  const isOwn = url.origin === gateway.origin
  if (!isOwn) requireNamed(url, gateway, flags.appOrigin)
  const place = { target, configFile: files.configFile }
  const kind = isOwn && !flags.accessToken ? 'device' : 'access'
  const fetch = await explained(place, async () =>
    kind === 'device' ? fetchAsDevice(device, flags) : fetchWithAccess(url, device, flags),
  )
  return { url, place, kind, fetch }
}

function fetchAsDevice({ url, key, tokens, tlsFingerprint }: DeviceWay, { role }: ChoiceFlags): Fetch {
  return createFetch({ url, key, tokens, tlsFingerprint, role })
}

async function fetchWithAccess(url: URL, device: DeviceWay, flags: ChoiceFlags): Promise<Fetch> {
  const accessToken = (ask: { readonly audience?: string }) => makeAccessToken(device, ask, flags)
  const tlsFingerprint = await pinFor(url, device, flags)
  return createAppFetch({ origin: url.origin, session: { accessToken }, tlsFingerprint })
}

interface Found {
  readonly target: Target
  readonly device: DeviceWay
}

/** An address at which this device is paired names its gateway by itself. */
async function findGateway(
  address: URL | `/${string}`,
  flags: ChoiceFlags,
  files: LocalFiles,
): Promise<Found> {
  const { role, tlsFingerprint } = flags
  const how = { files, role, method: 'fetch' }
  if (flags.url === undefined && address instanceof URL) {
    const target = {
      kind: 'url',
      url: readUrl(address.origin),
      source: 'cli --url',
      secret: undefined,
    } as const
    const device = await pairedDevice({ ...target, ...(tlsFingerprint && { tlsFingerprint }) }, how)
    if (device) return { target, device }
  }
  const named = resolveTarget(await readTargetFacts({ url: flags.url, tlsFingerprint }, process.env, files))
  const target = await wherePaired(named, files, role)
  const device = await pairedDevice(target, how)
  if (device) return { target, device }
  throw new CommandError(`This machine is not paired with the gateway at ${target.url}.`, {
    next: [
      `Pair it: openclaw connect --url ${target.url}${role === 'node' ? ' --role node' : ''}`,
      'For another gateway pass --url.',
    ],
  })
}

function requireNamed({ origin }: URL, gateway: URL, named: string | undefined): void {
  if (named === origin) return
  if (named !== undefined) {
    throw new CommandError(`The address is at ${origin}, and --app-origin names ${named}.`, {
      next: ['Both have to be the same: scheme, host and port.'],
    })
  }
  throw new CommandError(`${origin} is not the gateway that this machine is paired with. Nothing was sent.`, {
    next: [
      `Gateway: ${gateway.origin}`,
      `If it is an app behind that gateway, say so: --app-origin ${origin}`,
      'It is then shown an access token for that origin alone. For another gateway pass --url.',
    ],
  })
}

async function makeAccessToken(
  device: DeviceWay,
  { audience = '' }: { readonly audience?: string },
  { role, timeoutMs }: ChoiceFlags,
): Promise<string> {
  const connection = await openConnection(device, { scopes: SCOPES, role, timeoutMs })
  try {
    return (await connection.request('device.token.access', { audience }, { timeoutMs })).accessToken
  } finally {
    await connection.close()
  }
}

/** Behind the host name of the gateway the same certificate is expected on every port. */
async function pinFor(url: URL, device: DeviceWay, flags: ChoiceFlags): Promise<string | undefined> {
  if (flags.tlsFingerprint !== undefined) return flags.tlsFingerprint
  const gateway = new URL(device.url)
  if (url.protocol !== 'https:' || url.hostname !== gateway.hostname) return undefined
  const stored = await device.tokens.load(gateway.origin, device.key.deviceId, flags.role)
  return device.tlsFingerprint ?? stored?.tlsFingerprint
}
