import { type Static, Type } from 'typebox'
import { CLIENT_IDS, CLIENT_MODES } from './client-info.ts'

const closed = { additionalProperties: false }
const Text = Type.String({ minLength: 1 })

const Client = Type.Object(
  {
    id: Type.Enum([...CLIENT_IDS]),
    version: Text,
    platform: Text,
    mode: Type.Enum([...CLIENT_MODES]),
    displayName: Type.Optional(Text),
    buildId: Type.Optional(Type.String({ minLength: 1, maxLength: 96 })),
    deviceFamily: Type.Optional(Text),
    modelIdentifier: Type.Optional(Text),
    timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    instanceId: Type.Optional(Text),
  },
  closed,
)

const Device = Type.Object(
  {
    id: Text,
    publicKey: Text,
    signature: Text,
    signedAt: Type.Integer({ minimum: 0 }),
    nonce: Type.String({ minLength: 1 }),
    /** Where the client dialled; with it the proof is text v4. Only of clients that announce `pairgate-1`. */
    origin: Type.Optional(Text),
  },
  closed,
)

const credentials = {
  token: Type.Optional(Type.String()),
  bootstrapToken: Type.Optional(Type.String()),
  deviceToken: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  approvalRuntimeToken: Type.Optional(Type.String()),
  agentRuntimeIdentityToken: Type.Optional(Type.String()),
}

const shared = {
  minProtocol: Type.Integer({ minimum: 1 }),
  maxProtocol: Type.Integer({ minimum: 1 }),
  client: Client,
  caps: Type.Optional(Type.Array(Text)),
  commands: Type.Optional(Type.Array(Text)),
  permissions: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  pathEnv: Type.Optional(Type.String()),
  role: Type.Optional(Text),
  scopes: Type.Optional(Type.Array(Text)),
  device: Type.Optional(Device),
  locale: Type.Optional(Type.String()),
  userAgent: Type.Optional(Type.String()),
  modelCatalog: Type.Optional(Type.Unknown()),
  computerUse: Type.Optional(Type.Unknown()),
  workerRuns: Type.Optional(Type.Unknown()),
}

/** What a client sends as the params of `connect` (protocol fact 5); closed at every level. */
export const ConnectParams = Type.Object(
  { ...shared, auth: Type.Optional(Type.Object(credentials, closed)) },
  closed,
)
export type ConnectParams = Static<typeof ConnectParams>

/**
 * The same on the owner's Unix socket, where `auth.ownerProof` takes the place of every other
 * credential: base64url HMAC-SHA-256 by `secrets/local.key` over `ownerProofText('client', …)`.
 */
export const OwnerConnectParams = Type.Object(
  { ...shared, auth: Type.Object({ ownerProof: Text }, closed) },
  closed,
)
export type OwnerConnectParams = Static<typeof OwnerConnectParams>
