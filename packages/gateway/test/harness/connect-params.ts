import type { TestDevice } from './test-device.ts'

/** What the gateway said first on a socket. */
export interface Challenge {
  readonly nonce: string
  readonly ts: number
  readonly ownerProof?: string
}

/** The fields under a device's signature, each in the form in which it is joined. */
export interface SignedFields {
  version: 'v2' | 'v3' | 'v4'
  deviceId: string
  clientId: string
  clientMode: string
  role: string
  scopes: string
  signedAt: string
  token: string
  nonce: string
  platform: string
  deviceFamily: string
  /** Only in v4. */
  origin: string
}

/** Params of a connect on their way out; `tamper` may put anything anywhere. */
export interface DraftConnect extends Record<string, unknown> {
  client: Record<string, unknown>
  device?: Record<string, unknown>
  auth?: Record<string, unknown>
}

export interface ConnectOptions {
  readonly device?: TestDevice
  readonly role?: string
  readonly scopes?: readonly string[]
  /** `token`, `deviceToken`, `bootstrapToken`, `password`, … */
  readonly auth?: Readonly<Record<string, string>>
  /** Over the default client: `test`/`test` on `linux`. */
  readonly client?: Readonly<Record<string, unknown>>
  /** Announces `pairgate-1`. */
  readonly extended?: boolean
  readonly minProtocol?: number
  readonly maxProtocol?: number
  readonly signedAt?: number
  /** Changes what is signed, and only that. */
  readonly signed?: Partial<SignedFields>
  /** Has the last word over the params, after they were signed. */
  readonly tamper?: (draft: DraftConnect) => void
}

/** Builds the params of a connect, signed for this challenge when there is a device. */
export function connectParams(challenge: Challenge, options: ConnectOptions = {}): DraftConnect {
  const { device, role, scopes, auth, extended, minProtocol = 4, maxProtocol = 4 } = options
  const draft: DraftConnect = {
    minProtocol,
    maxProtocol,
    client: { id: 'test', version: '1.0.0', platform: 'linux', mode: 'test', ...options.client },
    ...(role !== undefined && { role }),
    ...(scopes && { scopes: [...scopes] }),
    ...(auth && { auth: { ...auth } }),
    ...(extended && { caps: ['pairgate-1'] }),
  }
  if (device) draft.device = deviceClaim(challenge, draft, { ...options, device })
  options.tamper?.(draft)
  return draft
}

/** The signed text, written down again from the facts of the protocol, not taken from the product. */
function signingText(fields: SignedFields): string {
  const { version, deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce } = fields
  const common = [version, deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce]
  const machine = version === 'v2' ? [] : [fields.platform, fields.deviceFamily]
  return [...common, ...machine, ...(version === 'v4' ? [fields.origin] : [])].join('|')
}

function deviceClaim(
  challenge: Challenge,
  draft: DraftConnect,
  options: ConnectOptions & { readonly device: TestDevice },
): Record<string, unknown> {
  const { device, auth, role = 'operator', scopes = [], signedAt = challenge.ts } = options
  const { client } = draft
  const text = signingText({
    version: 'v3',
    deviceId: device.id,
    clientId: String(client['id']),
    clientMode: String(client['mode']),
    role,
    scopes: scopes.join(','),
    signedAt: String(signedAt),
    token: auth?.['token'] || auth?.['deviceToken'] || auth?.['bootstrapToken'] || '',
    nonce: challenge.nonce,
    platform: normalised(client['platform']),
    deviceFamily: normalised(client['deviceFamily']),
    origin: '',
    ...options.signed,
  })
  return {
    id: device.id,
    publicKey: device.publicKey,
    signature: device.sign(text),
    signedAt,
    nonce: challenge.nonce,
    ...(options.signed?.version === 'v4' && { origin: options.signed.origin ?? '' }),
  }
}

function normalised(text: unknown): string {
  if (typeof text !== 'string') return ''
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
